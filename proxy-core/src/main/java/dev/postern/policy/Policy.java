package dev.postern.policy;

import java.util.List;

/**
 * What the agents of one policy may do. Immutable: a reload makes a new one.
 *
 * @param name the configured name
 * @param allowedFunctions functions allowed beyond the reviewed built-ins, as configured ({@code
 *     public.distance(*)})
 */
public record Policy(String name, List<String> allowedFunctions) {

    public Policy {
        allowedFunctions = List.copyOf(allowedFunctions);
    }
}
