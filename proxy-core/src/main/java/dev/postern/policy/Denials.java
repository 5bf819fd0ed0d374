package dev.postern.policy;

import dev.postern.protocol.SqlState;
import dev.postern.sql.Hazard;
import dev.postern.sql.SqlFacts;

/** The texts of refusals that several places share. */
final class Denials {

    /** What passes, for hints. */
    static final String READS_PASS =
            "Reads pass: SELECT, VALUES, TABLE, WITH, EXPLAIN of these, SHOW, COPY (query) TO STDOUT.";

    private Denials() {}

    static Denial unreadable(SqlFacts.Unreadable unreadable) {
        String what = unreadable.message();
        return switch (unreadable.reason()) {
            case SYNTAX ->
                    new Denial(
                            Rule.SYNTAX,
                            SqlState.SYNTAX_ERROR,
                            what,
                            unreadable.position(),
                            null,
                            "Correct the SQL and send it again.");
            case NODE_UNKNOWN ->
                    new Denial(
                            Rule.NODE_UNKNOWN,
                            SqlState.INSUFFICIENT_PRIVILEGE,
                            "the text holds syntax that is not on the list of what passes: " + what,
                            unreadable.position(),
                            what,
                            "Say it with plainer SQL.");
            case TOO_LONG ->
                    new Denial(
                            Rule.TEXT_TOO_LONG,
                            SqlState.PROGRAM_LIMIT_EXCEEDED,
                            "the text is too long: " + what + " (gate.max_text)",
                            0,
                            null,
                            "Send a shorter text; long lists can be passed as one array parameter.");
            case TOO_COMPLEX ->
                    new Denial(
                            Rule.TEXT_TOO_COMPLEX,
                            SqlState.STATEMENT_TOO_COMPLEX,
                            "the text is too complex to judge: " + what,
                            0,
                            null,
                            "Send a simpler text; long lists can be passed as one array parameter.");
            case ENCODING ->
                    new Denial(
                            Rule.ENCODING,
                            SqlState.CHARACTER_NOT_IN_REPERTOIRE,
                            "the text is " + what,
                            0,
                            null,
                            "Send UTF-8 without NUL.");
            case FAULT -> unavailable(what);
        };
    }

    static Denial unavailable(String why) {
        return new Denial(
                Rule.GATE_UNAVAILABLE,
                SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                "the text could not be judged: " + why,
                0,
                null,
                "Try again later.");
    }

    static Denial hazard(Hazard hazard) {
        return switch (hazard.kind()) {
            case INTO ->
                    new Denial(
                            Rule.SELECT_INTO,
                            SqlState.READ_ONLY_SQL_TRANSACTION,
                            "SELECT INTO creates a table",
                            hazard.position(),
                            hazard.object(),
                            "Leave INTO out.");
            case ROW_LOCK ->
                    new Denial(
                            Rule.ROW_LOCK,
                            SqlState.READ_ONLY_SQL_TRANSACTION,
                            hazard.object() + " locks rows",
                            hazard.position(),
                            hazard.object(),
                            "Leave " + hazard.object() + " out.");
            case DATA_MODIFYING_CTE ->
                    new Denial(
                            Rule.DATA_MODIFYING_CTE,
                            SqlState.READ_ONLY_SQL_TRANSACTION,
                            hazard.object() + " inside WITH writes",
                            hazard.position(),
                            hazard.object(),
                            "WITH may hold SELECT only.");
            case NESTED_STATEMENT ->
                    new Denial(
                            Rule.STATEMENT_NOT_ALLOWED,
                            SqlState.INSUFFICIENT_PRIVILEGE,
                            "a statement stands where none is allowed: " + hazard.object(),
                            hazard.position(),
                            hazard.object(),
                            READS_PASS);
        };
    }
}
