package dev.postern.policy;

import dev.postern.protocol.SqlState;

/** The objections that several places share. */
final class Objections {

    private Objections() {}

    /** A definition that cannot be judged now or ever. */
    static Objection unreadable(String why) {
        return new Objection(
                Rule.FUNCTION_UNKNOWN,
                SqlState.INSUFFICIENT_PRIVILEGE,
                why,
                "Use other tables and functions.");
    }

    /** Turns what stands against a part of a definition into what stands against the whole. */
    static Objection within(Denial denial, String hint) {
        return switch (denial.rule()) {
            case RELATION_DENIED, RELATION, FOREIGN_TABLE, COLUMN_DENIED ->
                    new Objection(
                            denial.rule(),
                            SqlState.INSUFFICIENT_PRIVILEGE,
                            "it reads what is not open to agents",
                            hint);
            case FUNCTION_UNKNOWN, TEXT_TOO_COMPLEX, GATE_UNAVAILABLE ->
                    new Objection(denial.rule(), denial.sqlState(), denial.message(), hint);
            default ->
                    new Objection(
                            Rule.FUNCTION_UNSAFE,
                            SqlState.INSUFFICIENT_PRIVILEGE,
                            denial.message(),
                            hint);
        };
    }
}
