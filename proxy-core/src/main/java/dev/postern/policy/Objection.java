package dev.postern.policy;

import dev.postern.protocol.SqlState;

/**
 * What stands against using something that the catalog holds.
 *
 * @param reason in words, to follow its name and a colon
 * @param hint what would pass
 */
record Objection(Rule rule, SqlState sqlState, String reason, String hint) {

    /** Returns the refusal of a use of it. */
    Denial of(String what, String object, int position) {
        return new Denial(
                rule, sqlState, what + " " + object + ": " + reason, position, object, hint);
    }

    /** Tells whether the same may be judged otherwise the next time. */
    boolean isPassing() {
        return rule == Rule.TEXT_TOO_COMPLEX || rule == Rule.GATE_UNAVAILABLE;
    }
}
