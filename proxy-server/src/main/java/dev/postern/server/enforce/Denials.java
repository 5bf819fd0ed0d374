package dev.postern.server.enforce;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.FrameLimits;
import dev.postern.protocol.FrontendFrame;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.FrontendType;
import dev.postern.protocol.SqlState;

/** Refusals that need no look at the text. */
final class Denials {

    /** What a Parse has beside its text if it has neither a name nor types. */
    private static final int UNNAMED_PARSE = 4;

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

    /** The refusal of a message of which only the length was looked at. */
    static Verdict.Deny tooLong(FrontendFrame.TooLong message) {
        int body = message.length() - FrontendFrameReader.HEADER_LENGTH;
        return switch (message.type()) {
            case FrontendType.QUERY -> textTooLong(body - 1, message.limit() - 1);
            case FrontendType.PARSE ->
                    textTooLong(body - UNNAMED_PARSE, message.limit() - FrameLimits.PARSE_OVERHEAD);
            case FrontendType.BIND ->
                    tooLong(
                            "the parameters are too long: "
                                    + body
                                    + " bytes, the limit is "
                                    + message.limit()
                                    + " (session.max_message)",
                            "Send fewer or shorter parameters, in several statements.");
            default ->
                    tooLong(
                            "the message is too long: "
                                    + body
                                    + " bytes, the limit is "
                                    + message.limit(),
                            "Send a shorter message.");
        };
    }

    private static Verdict.Deny textTooLong(int bytes, int limit) {
        return tooLong(
                "the text is too long: "
                        + bytes
                        + " bytes, the limit is "
                        + limit
                        + " (gate.max_text)",
                "Send a shorter text; long lists can be passed as one array parameter.");
    }

    private static Verdict.Deny tooLong(String message, String hint) {
        return new Verdict.Deny(
                new StatementSummary("UNREADABLE", "", java.util.List.of(), java.util.List.of()),
                new Denial(
                        Rule.TEXT_TOO_LONG,
                        SqlState.PROGRAM_LIMIT_EXCEEDED,
                        message,
                        0,
                        null,
                        hint));
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
