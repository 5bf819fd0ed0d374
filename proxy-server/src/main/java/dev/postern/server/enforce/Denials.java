package dev.postern.server.enforce;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlState;

/** Refusals that need no look at the text. */
final class Denials {

    private Denials() {}

    static Verdict.Deny auditUnavailable(StatementSummary summary) {
        return new Verdict.Deny(
                summary,
                new Denial(
                        Rule.AUDIT_UNAVAILABLE,
                        SqlState.IO_ERROR,
                        "statement refused: the audit trail cannot take its record, and nothing runs unrecorded",
                        0,
                        null,
                        "Try again later; the operator finds the cause at /readyz."));
    }

    static Verdict.Deny quota(StatementSummary summary, int perMinute) {
        return new Verdict.Deny(
                summary,
                new Denial(
                        Rule.QUOTA,
                        SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                        "statement refused: this agent's quota of "
                                + perMinute
                                + " statements a minute is used up",
                        0,
                        null,
                        "Wait a few seconds, then send fewer and larger queries."));
    }

    static Verdict.Deny tooLong(int bytes, int limit) {
        return new Verdict.Deny(
                new StatementSummary("UNREADABLE", "", java.util.List.of(), java.util.List.of()),
                new Denial(
                        Rule.TEXT_TOO_LONG,
                        SqlState.PROGRAM_LIMIT_EXCEEDED,
                        "message refused: "
                                + bytes
                                + " bytes are more than the "
                                + limit
                                + " allowed",
                        0,
                        null,
                        "Send a shorter statement, or several smaller ones."));
    }

    static Verdict.Deny functionCall() {
        return new Verdict.Deny(
                new StatementSummary("FUNCTION_CALL", "", java.util.List.of(), java.util.List.of()),
                new Denial(
                        Rule.FUNCTION_CALL_MESSAGE,
                        SqlState.FEATURE_NOT_SUPPORTED,
                        "the FunctionCall message is not supported",
                        0,
                        null,
                        "Call the function in a SELECT."));
    }

    static Verdict.Deny tooManyNames(StatementSummary summary, String what, int limit) {
        return new Verdict.Deny(
                summary,
                new Denial(
                        Rule.QUOTA,
                        SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                        "this session already holds " + limit + " " + what,
                        0,
                        null,
                        "Close those that are no longer needed, or use the unnamed one."));
    }
}
