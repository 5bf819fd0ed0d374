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
            case PROTOCOL -> AuthenticationFailure.PROTOCOL;
            case UNEXPECTED_MESSAGE -> AuthenticationFailure.UNEXPECTED_MESSAGE;
            case TLS_REQUIRED -> AuthenticationFailure.TLS_REQUIRED;
            case TLS_HANDSHAKE -> AuthenticationFailure.TLS_HANDSHAKE;
            case DATA_BEFORE_TLS -> AuthenticationFailure.DATA_BEFORE_TLS;
            case PARAMETER -> AuthenticationFailure.PARAMETER;
            case TIMEOUT -> AuthenticationFailure.TIMEOUT;
            case TOO_MANY_CONNECTIONS -> AuthenticationFailure.TOO_MANY_CONNECTIONS;
        };
    }
}
