package dev.postern.server.config;

import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A SCRAM-SHA-256 verifier as it stands in the file, {@code
 * SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>}: what PostgreSQL keeps in {@code
 * pg_authid}. Whoever holds it can guess at the password at leisure: {@code toString} does not show
 * it.
 *
 * @param text the verifier
 */
public record VerifierText(String text) {

    /** RFC 7677's least number of iterations, and PostgreSQL's default. */
    public static final int MIN_ITERATIONS = 4096;

    /** More would let a login cost a second of processor time. */
    public static final int MAX_ITERATIONS = 10_000_000;

    private static final int KEY_LENGTH = 32;
    private static final int MIN_SALT = 8;
    private static final Pattern FORM =
            Pattern.compile(
                    "SCRAM-SHA-256\\$(\\d{1,8}):([A-Za-z0-9+/=]+)\\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)");

    /**
     * @throws IllegalArgumentException if the text is no verifier; the message does not repeat it
     */
    public VerifierText {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a SCRAM-SHA-256 verifier");
        }
        int iterations = Integer.parseInt(matcher.group(1));
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    "a verifier's iterations must be between "
                            + MIN_ITERATIONS
                            + " and "
                            + MAX_ITERATIONS);
        }
        if (decodedLength(matcher.group(2)) < MIN_SALT
                || decodedLength(matcher.group(3)) != KEY_LENGTH
                || decodedLength(matcher.group(4)) != KEY_LENGTH) {
            throw new IllegalArgumentException("a part of the verifier is cut off or damaged");
        }
    }

    private static int decodedLength(String base64) {
        try {
            return Base64.getDecoder().decode(base64).length;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }

    @Override
    public String toString() {
        return "VerifierText[redacted]";
    }
}
