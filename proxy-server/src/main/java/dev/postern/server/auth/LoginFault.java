package dev.postern.server.auth;

import java.util.Locale;

/**
 * Why a login was refused, as the audit trail and the metrics tell it. The agent is told less: the
 * first four look the same to it.
 */
public enum LoginFault {
    /** There is no agent of this name. */
    UNKNOWN_AGENT,
    /** The agent may not come from where it does. */
    NETWORK,
    /** The agent's credential has ended. */
    EXPIRED,
    /** The password is wrong. */
    WRONG_PASSWORD,
    /** A startup packet or a SCRAM message that is none, or that cannot be served. */
    PROTOCOL,
    /** A message that has no place before authentication has ended. */
    UNEXPECTED_MESSAGE,
    /** The listener requires TLS and the agent did not ask for it. */
    TLS_REQUIRED,
    /** The TLS handshake failed, for want of a client certificate among others. */
    TLS_HANDSHAKE,
    /** Cleartext stood in the buffer where TLS was to begin. */
    DATA_BEFORE_TLS,
    /** A startup parameter that may not be set. */
    PARAMETER,
    /** Authentication took too long. */
    TIMEOUT,
    /** As many connections as may be are being authenticated already. */
    TOO_MANY_CONNECTIONS;

    private final String code = name().toLowerCase(Locale.ROOT);

    /** Returns the stable word, such as {@code wrong_password}. */
    public String code() {
        return code;
    }
}
