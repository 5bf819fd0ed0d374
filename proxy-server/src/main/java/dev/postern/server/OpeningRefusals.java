package dev.postern.server;

import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;

/** What an authenticated agent is told for whom no session is opened. */
final class OpeningRefusals {

    private OpeningRefusals() {}

    /** What the database holds is not known. */
    static ErrorResponse catalogUnknown(String database) {
        return ErrorResponse.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        "what database \""
                                + database
                                + "\" holds could not be read yet, and nothing is judged without it")
                .withHint("Try again later; the operator finds the cause at /readyz.");
    }

    /** The agent is none any more. */
    static ErrorResponse revoked() {
        return ErrorResponse.fatal(
                SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                "this agent's credential is no longer valid");
    }

    /** The policy does not open the database. */
    static ErrorResponse wrongDatabase(String database, ServedPolicy policy) {
        return ErrorResponse.fatal(
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "database \"" + database + "\" is not open to this agent")
                .withHint("Connect to one of: " + String.join(", ", policy.databases()) + ".");
    }

    /** The upstream came with a reload. */
    static ErrorResponse upstreamUnknown(ServedPolicy policy) {
        return ErrorResponse.fatal(
                        SqlState.CANNOT_CONNECT_NOW,
                        "upstream \""
                                + policy.upstream()
                                + "\" was added to the configuration after the start")
                .withHint("The operator has to restart Postern.");
    }

    /** The agent has all the sessions it may have. */
    static ErrorResponse tooManySessions(ServedPolicy policy) {
        return ErrorResponse.fatal(
                        SqlState.TOO_MANY_CONNECTIONS,
                        "this agent already has the "
                                + policy.maxSessions()
                                + " sessions that its policy allows")
                .withHint("Close one that is no longer needed, or share connections.");
    }
}
