package dev.postern.server.upstream;

import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.Severity;
import dev.postern.protocol.SqlState;

/** Why there is no connection to PostgreSQL. */
public sealed interface UpstreamFailure {

    /** No host is eligible. */
    record NoEligibleHost() implements UpstreamFailure {}

    /**
     * No connection: the name does not resolve, nobody listens, the peer closed; {@code reason} for
     * the log.
     */
    record Unreachable(UpstreamHost host, String reason) implements UpstreamFailure {}

    /** The time for connecting was used up. */
    record TimedOut(UpstreamHost host) implements UpstreamFailure {}

    /** TLS is required and the server has none. */
    record TlsRefused(UpstreamHost host) implements UpstreamFailure {}

    /** TLS failed, for a certificate that does not fit among others; {@code reason} for the log. */
    record TlsFailed(UpstreamHost host, String reason) implements UpstreamFailure {}

    /** The server wants a kind of authentication that is not spoken, or not without TLS. */
    record AuthenticationUnsupported(UpstreamHost host, String method) implements UpstreamFailure {}

    /** The server answered by an error. */
    record Refused(UpstreamHost host, ErrorResponse error) implements UpstreamFailure {}

    /** The server is a primary, or does not say what it is, and that is not allowed. */
    record NotStandby(UpstreamHost host) implements UpstreamFailure {}

    /** The server, or whoever poses as it, breaks the protocol; {@code reason} for the log. */
    record ProtocolViolation(UpstreamHost host, String reason) implements UpstreamFailure {}

    /**
     * Tells whether another host may do better: it may not if this one is well and refuses what was
     * asked for.
     */
    default boolean isWorthAnotherHost() {
        return switch (this) {
            case NoEligibleHost() -> false;
            case AuthenticationUnsupported unsupported -> false;
            case Refused refused -> {
                String sqlState = refused.error().sqlState();
                yield sqlState.startsWith("57") || sqlState.startsWith("53");
            }
            case Unreachable unreachable -> true;
            case TimedOut timedOut -> true;
            case TlsRefused tlsRefused -> true;
            case TlsFailed tlsFailed -> true;
            case NotStandby notStandby -> true;
            case ProtocolViolation violation -> true;
        };
    }

    /**
     * Returns what the agent is told: PostgreSQL's own error where it concerns what the agent asked
     * for, and nothing about hosts, roles and certificates, which concern the operator.
     */
    default ErrorResponse toErrorResponse() {
        return switch (this) {
            case Refused(UpstreamHost host, ErrorResponse error) ->
                    error.sqlState().startsWith("28")
                            ? unable("the upstream server refuses the proxy's own login")
                            : new ErrorResponse(
                                    Severity.FATAL,
                                    error.sqlState(),
                                    error.message(),
                                    error.detail(),
                                    error.hint(),
                                    0);
            case NotStandby notStandby ->
                    ErrorResponse.fatal(
                                    SqlState.CANNOT_CONNECT_NOW,
                                    "the upstream server is not a hot standby, so it is not used")
                            .withHint(
                                    "Nothing in the request is wrong. Try again later, or tell the operator.");
            case NoEligibleHost() ->
                    ErrorResponse.fatal(
                                    SqlState.CANNOT_CONNECT_NOW,
                                    "no upstream server is fit to serve at the moment")
                            .withHint(
                                    "Nothing in the request is wrong. Try again later, or tell the operator.");
            case Unreachable unreachable -> unable("the upstream server cannot be reached");
            case TimedOut timedOut -> unable("the upstream server did not answer in time");
            case TlsRefused tlsRefused -> unable("the upstream server cannot be reached by TLS");
            case TlsFailed tlsFailed -> unable("the upstream server cannot be reached by TLS");
            case AuthenticationUnsupported unsupported ->
                    unable("the upstream server refuses the proxy's own login");
            case ProtocolViolation violation ->
                    unable("the upstream server broke the protocol while connecting");
        };
    }

    private static ErrorResponse unable(String message) {
        return ErrorResponse.fatal(SqlState.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION, message)
                .withHint(
                        "Nothing in the request is wrong. Try again later, or tell the operator.");
    }
}
