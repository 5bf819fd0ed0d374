package dev.postern.policy;

import java.util.List;
import java.util.Objects;

/**
 * What the agents of one policy may do. Immutable: a reload makes a new one, and verdicts are kept
 * by policy as an object.
 */
public final class Policy {

    private final String name;
    private final List<String> allowedFunctions;
    private final List<FunctionPattern> functionPatterns;
    private final int hash;

    /**
     * Makes a policy.
     *
     * @param name the configured name
     * @param allowedFunctions functions allowed beyond the reviewed built-ins, as configured
     *     ({@code public.distance(*)})
     */
    public Policy(String name, List<String> allowedFunctions) {
        this.name = name;
        this.allowedFunctions = List.copyOf(allowedFunctions);
        this.functionPatterns = allowedFunctions.stream().map(FunctionPattern::parse).toList();
        this.hash = Objects.hash(name, this.allowedFunctions);
    }

    /** Returns the configured name. */
    public String name() {
        return name;
    }

    /** Returns the functions allowed beyond the reviewed built-ins, as configured. */
    public List<String> allowedFunctions() {
        return allowedFunctions;
    }

    List<FunctionPattern> functionPatterns() {
        return functionPatterns;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Policy that
                        && that.hash == hash
                        && that.name.equals(name)
                        && that.allowedFunctions.equals(allowedFunctions));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return "Policy[" + name + "]";
    }
}
