package dev.postern.server.cli;

import org.jspecify.annotations.Nullable;

/**
 * A configuration is valid in itself, but something it names is not: a certificate, a secret, a
 * directory.
 */
public final class UnusableConfigurationException extends Exception {

    private final String reason;

    /**
     * @param reason beginning with the key path, {@code listen.tls.key: there is no such file}; no
     *     secrets
     */
    public UnusableConfigurationException(String reason) {
        this(reason, null);
    }

    /**
     * @param reason beginning with the key path, {@code listen.tls.key: there is no such file}; no
     *     secrets
     * @param cause what happened
     */
    public UnusableConfigurationException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /** Returns what is unusable and why. */
    public String reason() {
        return reason;
    }
}
