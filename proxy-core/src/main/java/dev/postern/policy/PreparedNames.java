package dev.postern.policy;

import java.util.Set;

/**
 * What a text does with prepared statements by name.
 *
 * @param prepares names it prepares
 * @param executes names it executes without having prepared them itself
 */
public record PreparedNames(Set<String> prepares, Set<String> executes) {

    /** Nothing. */
    public static final PreparedNames NONE = new PreparedNames(Set.of(), Set.of());

    public PreparedNames {
        prepares = Set.copyOf(prepares);
        executes = Set.copyOf(executes);
    }
}
