package dev.postern.policy;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the agents of one policy may do. Immutable: a reload makes a new one, and verdicts are kept
 * by policy.
 */
public final class Policy {

    private final String name;
    private final Access access;
    private final List<FunctionPattern> functions;
    private final @Nullable List<RelationPattern> relations;
    private final List<RelationPattern> deniedRelations;
    private final List<RelationPattern> deniedColumns;
    private final int hash;

    /**
     * Makes a policy.
     *
     * @param name the configured name
     * @throws IllegalArgumentException if a pattern is not one
     */
    public Policy(String name, Access access) {
        this.name = name;
        this.access = access;
        this.functions = access.functions().stream().map(FunctionPattern::parse).toList();
        this.relations = access.relations() == null ? null : patterns(access.relations(), 2);
        this.deniedRelations = patterns(access.deniedRelations(), 2);
        this.deniedColumns = patterns(access.deniedColumns(), 3);
        this.hash = Objects.hash(name, access);
    }

    private static List<RelationPattern> patterns(List<String> texts, int parts) {
        return texts.stream().map(text -> RelationPattern.parse(text, parts)).toList();
    }

    /** Returns the configured name. */
    public String name() {
        return name;
    }

    /** Returns what it opens and closes, as configured. */
    public Access access() {
        return access;
    }

    List<FunctionPattern> functions() {
        return functions;
    }

    /** Returns what may be read, {@code null} if no rule says. */
    @Nullable List<RelationPattern> relations() {
        return relations;
    }

    List<RelationPattern> deniedRelations() {
        return deniedRelations;
    }

    List<RelationPattern> deniedColumns() {
        return deniedColumns;
    }

    /** Tells whether it keeps anything from being read that the upstream role may read. */
    boolean restrictsReads() {
        boolean all = relations == null || relations.stream().anyMatch(RelationPattern::isAny);
        return !all || !deniedRelations.isEmpty() || !deniedColumns.isEmpty();
    }

    boolean observes() {
        return access.mode() == Access.Mode.OBSERVE;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof Policy that
                        && that.hash == hash
                        && that.name.equals(name)
                        && that.access.equals(access));
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
