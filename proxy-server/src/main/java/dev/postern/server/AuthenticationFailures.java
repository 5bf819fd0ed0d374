package dev.postern.server;

import dev.postern.server.auth.LoginFault;
import dev.postern.server.metrics.ServerMetrics.AuthenticationFailure;

/** Login faults as the metrics count them. */
final class AuthenticationFailures {

    private AuthenticationFailures() {}

    static AuthenticationFailure of(LoginFault fault) {
        return switch (fault) {
            case UNKNOWN_AGENT -> AuthenticationFailure.UNKNOWN_AGENT;
            case NETWORK -> AuthenticationFailure.NETWORK;
            case EXPIRED -> AuthenticationFailure.EXPIRED;
            case WRONG_PASSWORD -> AuthenticationFailure.WRONG_PASSWORD;
            case TLS_REQUIRED, TLS_HANDSHAKE -> AuthenticationFailure.TLS_REQUIRED;
            case TIMEOUT -> AuthenticationFailure.TIMEOUT;
            case PROTOCOL, UNEXPECTED_MESSAGE, DATA_BEFORE_TLS, PARAMETER -> AuthenticationFailure.PROTOCOL;
            case TOO_MANY_CONNECTIONS -> AuthenticationFailure.SESSION_LIMIT;
        };
    }
}
