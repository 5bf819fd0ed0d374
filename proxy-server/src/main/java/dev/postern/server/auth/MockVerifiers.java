package dev.postern.server.auth;

import dev.postern.identity.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Verifiers of agents that do not exist, so that a login as one takes the same course as a login
 * with a wrong password.
 *
 * <p>The salt of a name is always the same: one that changed with each attempt would give the name
 * away. Processes that serve the same agents should share the secret for the same reason.
 * Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802#section-9">RFC 5802, "Security
 *     Considerations"</a>
 */
public final class MockVerifiers {

    /** The shortest secret: as long as the hash. */
    public static final int MIN_SECRET_LENGTH = 32;

    private static final int SALT_LENGTH = 16;

    private final byte[] secret;
    private final int iterations;

    /**
     * Makes mock verifiers.
     *
     * @param secret random bytes that no agent knows; copied
     * @param iterations as real verifiers have them: a different count would give the name away
     * @throws IllegalArgumentException if the secret is shorter than 32 bytes
     */
    public MockVerifiers(byte[] secret, int iterations) {
        if (secret.length < MIN_SECRET_LENGTH) {
            throw new IllegalArgumentException("the secret must have at least 32 bytes");
        }
        this.secret = secret.clone();
        this.iterations = iterations;
    }

    /** Returns the verifier of a name; no known password fits it. */
    ScramVerifier of(String name) {
        return new ScramVerifier(
                iterations,
                Arrays.copyOf(derive("salt", name), SALT_LENGTH),
                derive("stored", name),
                derive("server", name));
    }

    private byte[] derive(String purpose, String name) {
        return ScramSha256.hmac(secret, (purpose + '\0' + name).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "MockVerifiers[redacted]";
    }
}
