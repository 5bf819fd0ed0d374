package dev.postern.server.secrets;

import dev.postern.identity.ScramVerifier;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A new credential for an agent: a random password and the verifier that is kept of it.
 *
 * @param password for the agent, to be shown once
 * @param verifier for the configuration
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802#section-3">RFC 5802, SCRAM Algorithm
 *     Overview</a>
 */
public record GeneratedCredential(Secret password, ScramVerifier verifier) {

    /**
     * Letters and digits that nobody mistakes for each other; 5.78 bits each. Safe in URLs, shells
     * and quotes.
     */
    private static final String ALPHABET =
            "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789";

    /** 32 characters carry 185 bits. */
    private static final int PASSWORD_LENGTH = 32;

    /**
     * PostgreSQL's default. A random password gains nothing from more, and every login would pay
     * for it.
     */
    private static final int ITERATIONS = 4096;

    private static final int SALT_LENGTH = 16;
    private static final int KEY_BITS = 256;

    /** Makes a credential from the system's secure random numbers. */
    public static GeneratedCredential create() {
        SecureRandom random = new SecureRandom();
        char[] password = password(random);
        try {
            byte[] salt = new byte[SALT_LENGTH];
            random.nextBytes(salt);
            return new GeneratedCredential(
                    Secret.of(password), verifier(password, salt, ITERATIONS));
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private static char[] password(RandomGenerator random) {
        char[] password = new char[PASSWORD_LENGTH];
        for (int i = 0; i < password.length; i++) {
            password[i] = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        }
        return password;
    }

    /** Derives a verifier from a password of printable ASCII, which SASLprep leaves as it is. */
    static ScramVerifier verifier(char[] password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, KEY_BITS);
        try {
            byte[] saltedPassword =
                    SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                            .generateSecret(spec)
                            .getEncoded();
            byte[] clientKey = hmac(saltedPassword, "Client Key");
            byte[] serverKey = hmac(saltedPassword, "Server Key");
            byte[] storedKey = MessageDigest.getInstance("SHA-256").digest(clientKey);
            return new ScramVerifier(iterations, salt, storedKey, serverKey);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the Java runtime lacks SHA-256", e);
        } finally {
            spec.clearPassword();
        }
    }

    private static byte[] hmac(byte[] key, String message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message.getBytes(StandardCharsets.US_ASCII));
    }
}
