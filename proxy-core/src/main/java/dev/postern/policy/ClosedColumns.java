package dev.postern.policy;

import java.util.Set;

/**
 * The columns of a relation that may not be read.
 *
 * @param names its own names of them; empty if all may be read
 * @param rule by which
 * @param reason why, in words
 */
record ClosedColumns(Set<String> names, Rule rule, String reason) {

    static final ClosedColumns NONE = new ClosedColumns(Set.of(), Rule.COLUMN_DENIED, "");

    ClosedColumns {
        names = Set.copyOf(names);
    }
}
