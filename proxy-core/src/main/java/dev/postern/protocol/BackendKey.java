package dev.postern.protocol;

import java.security.MessageDigest;

/**
 * What BackendKeyData hands out and a CancelRequest brings back: whoever holds it can cancel the
 * session's statement. Immutable; {@code toString} does not show the secret.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS">PostgreSQL,
 *     "Canceling Requests in Progress"</a>
 */
public final class BackendKey {

    /** The shortest secret, and the only length before protocol 3.2. */
    public static final int MIN_SECRET_LENGTH = 4;

    /** The longest secret since protocol 3.2. */
    public static final int MAX_SECRET_LENGTH = 256;

    private final int processId;
    private final byte[] secret;

    /**
     * Makes a key; the array is copied.
     *
     * @throws IllegalArgumentException if the secret has fewer than 4 or more than 256 bytes
     */
    public BackendKey(int processId, byte[] secret) {
        if (secret.length < MIN_SECRET_LENGTH || secret.length > MAX_SECRET_LENGTH) {
            throw new IllegalArgumentException("a cancel key has 4 to 256 bytes");
        }
        this.processId = processId;
        this.secret = secret.clone();
    }

    public int processId() {
        return processId;
    }

    /** Returns a copy. */
    public byte[] secret() {
        return secret.clone();
    }

    /** Returns the number of bytes of the secret. */
    public int secretLength() {
        return secret.length;
    }

    /** Compares in a time that depends on the lengths only. */
    @Override
    public boolean equals(Object other) {
        return other instanceof BackendKey that
                && that.processId == processId
                && MessageDigest.isEqual(that.secret, secret);
    }

    /** The process id alone: a hash of the secret would be a part of it. */
    @Override
    public int hashCode() {
        return processId;
    }

    @Override
    public String toString() {
        return "BackendKey[" + processId + ", redacted]";
    }
}
