package dev.postern.policy;

import java.util.List;

/**
 * What a text is, in the terms of the audit trail.
 *
 * @param command the command of a single statement as its command tag has it ({@code SELECT},
 *     {@code SHOW}, {@code DELETE}), {@code MULTIPLE} for several statements of different kinds,
 *     {@code EMPTY} for none, {@code UNREADABLE} for a text the grammar refuses. From a closed set:
 *     it is a metric label.
 * @param fingerprint 16 hexadecimal digits equal for texts that differ in constants, white space
 *     and comments only; empty if unreadable
 * @param relations what the text names as relations, as written and folded ({@code public.orders}),
 *     sorted, distinct, capped
 * @param functions likewise for functions
 */
public record StatementSummary(
        String command, String fingerprint, List<String> relations, List<String> functions) {

    public StatementSummary {
        relations = List.copyOf(relations);
        functions = List.copyOf(functions);
    }
}
