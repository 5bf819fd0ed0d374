package dev.postern.identity;

import java.util.Base64;

/**
 * A SCRAM-SHA-256 verifier in PostgreSQL's own form, {@code
 * SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}.
 *
 * <p>It is not a password, but whoever holds it can pose as the server and guess at leisure: {@code
 * toString} does not show it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5803">RFC 5803</a>
 */
public final class ScramVerifier {

    private static final String SCHEME = "SCRAM-SHA-256$";
    private static final int KEY_LENGTH = 32;
    private static final int MIN_ITERATIONS = 4096;
    private static final int MAX_ITERATIONS = 10_000_000;

    private final int iterations;
    private final byte[] salt;
    private final byte[] storedKey;
    private final byte[] serverKey;

    /**
     * Makes a verifier of its parts; the arrays are copied.
     *
     * @throws IllegalArgumentException if a part has the wrong length or too few iterations; the
     *     message holds no part of it
     */
    public ScramVerifier(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    "iteration count must be between " + MIN_ITERATIONS + " and " + MAX_ITERATIONS);
        }
        if (salt.length < 8 || storedKey.length != KEY_LENGTH || serverKey.length != KEY_LENGTH) {
            throw new IllegalArgumentException("salt or key has the wrong length");
        }
        this.iterations = iterations;
        this.salt = salt.clone();
        this.storedKey = storedKey.clone();
        this.serverKey = serverKey.clone();
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is not one; the message does not repeat the text
     */
    public static ScramVerifier parse(String text) {
        if (!text.startsWith(SCHEME)) {
            throw new IllegalArgumentException("a verifier starts with " + SCHEME);
        }
        String[] halves = text.substring(SCHEME.length()).split("\\$", -1);
        String[] first = halves[0].split(":", -1);
        String[] second = halves.length == 2 ? halves[1].split(":", -1) : new String[0];
        if (first.length != 2 || second.length != 2) {
            throw new IllegalArgumentException(
                    "a verifier has the form SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey");
        }
        int iterations;
        byte[][] parts;
        try {
            iterations = Integer.parseInt(first[0]);
            Base64.Decoder decoder = Base64.getDecoder();
            parts =
                    new byte[][] {
                        decoder.decode(first[1]),
                        decoder.decode(second[0]),
                        decoder.decode(second[1])
                    };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a verifier's numbers and base64 parts must be well-formed", null);
        }
        return new ScramVerifier(iterations, parts[0], parts[1], parts[2]);
    }

    /** Returns the text form, for the configuration file only. */
    public String encode() {
        Base64.Encoder encoder = Base64.getEncoder();
        return SCHEME
                + iterations
                + ":"
                + encoder.encodeToString(salt)
                + "$"
                + encoder.encodeToString(storedKey)
                + ":"
                + encoder.encodeToString(serverKey);
    }

    public int iterations() {
        return iterations;
    }

    /** Returns a copy. */
    public byte[] salt() {
        return salt.clone();
    }

    /** Returns a copy. */
    public byte[] storedKey() {
        return storedKey.clone();
    }

    /** Returns a copy. */
    public byte[] serverKey() {
        return serverKey.clone();
    }

    @Override
    public String toString() {
        return "ScramVerifier[redacted]";
    }
}
