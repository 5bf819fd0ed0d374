package dev.postern.server.demo;

import java.security.SecureRandom;

/**
 * Passwords that nobody chose: 128 bits, letters and digits only, so that they need no quoting
 * anywhere.
 */
public final class RandomPassword {

    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int LENGTH = 26;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomPassword() {}

    /** Returns a new one. */
    public static String next() {
        StringBuilder password = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            password.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return password.toString();
    }
}
