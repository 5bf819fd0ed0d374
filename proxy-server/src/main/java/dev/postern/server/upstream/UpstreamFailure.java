package dev.postern.server.upstream;

import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.Severity;
import dev.postern.protocol.SqlState;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Why there is no connection to PostgreSQL. */
public sealed interface UpstreamFailure {

    /**
     * No host is left to try.
     *
     * @param reasons what stands against each host, by eligibility or by the attempt to connect
     */
    record NoEligibleHost(Map<UpstreamHost, List<Objection>> reasons) implements UpstreamFailure {

        public NoEligibleHost {
            reasons = Collections.unmodifiableMap(new LinkedHashMap<>(reasons));
        }

        @Override
        public String toString() {
            return reasons.entrySet().stream()
                    .map(entry ->
                            entry.getKey()
                                    + ": "
                                    + entry.getValue().stream()
                                            .map(Objection::forOperator)
                                            .collect(Collectors.joining(", ")))
                    .collect(Collectors.joining("; ", "no host serves: ", ""));
        }
    }

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
            case NoEligibleHost none -> false;
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
            case NoEligibleHost(Map<UpstreamHost, List<Objection>> reasons) ->
                    unfit(UnfitHosts.words(reasons.values()));
            case NotStandby notStandby -> unfit(this);
            case Unreachable unreachable -> unfit(this);
            case TimedOut timedOut -> unfit(this);
            case TlsRefused tlsRefused -> unfit(this);
            case TlsFailed tlsFailed -> unfit(this);
            case ProtocolViolation violation -> unfit(this);
            case AuthenticationUnsupported unsupported ->
                    unable("the upstream server refuses the proxy's own login");
        };
    }

    /**
     * Returns what the failure says against the host that was tried, {@code null} if it says
     * nothing: the host refused what was asked for.
     */
    default @Nullable Objection objection() {
        return switch (this) {
            case NoEligibleHost none -> null;
            case AuthenticationUnsupported unsupported -> null;
            case Refused refused -> null;
            case NotStandby notStandby -> new Objection.Primary();
            case Unreachable(UpstreamHost host, String reason) ->
                    new Objection.Unreachable(reason, Objection.Cause.NO_CONNECTION);
            case TimedOut timedOut ->
                    new Objection.Unreachable("timed out", Objection.Cause.TIMEOUT);
            case TlsRefused tlsRefused ->
                    new Objection.Unreachable("it has no TLS", Objection.Cause.TLS);
            case TlsFailed(UpstreamHost host, String reason) ->
                    new Objection.Unreachable(reason, Objection.Cause.TLS);
            case ProtocolViolation(UpstreamHost host, String reason) ->
                    new Objection.Unreachable(reason, Objection.Cause.PROTOCOL);
        };
    }

    private static ErrorResponse unfit(UpstreamFailure failure) {
        Objection objection = failure.objection();
        return unfit(objection == null ? "" : objection.forAgent());
    }

    private static ErrorResponse unfit(String words) {
        return ErrorResponse.fatal(
                        SqlState.CANNOT_CONNECT_NOW, "no upstream server is fit to serve: " + words)
                .withHint(
                        "Nothing in the request is wrong. Try again later, or tell the operator.");
    }

    private static ErrorResponse unable(String message) {
        return ErrorResponse.fatal(SqlState.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION, message)
                .withHint(
                        "Nothing in the request is wrong. Try again later, or tell the operator.");
    }
}
