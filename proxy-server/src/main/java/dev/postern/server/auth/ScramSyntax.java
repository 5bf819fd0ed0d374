package dev.postern.server.auth;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The parts of SCRAM's grammar that a server reads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802#section-7">RFC 5802, "Formal Syntax"</a>
 */
final class ScramSyntax {

    private static final String MALFORMED = "malformed SCRAM message";

    private ScramSyntax() {}

    /** Tells whether a message can be one at all: not empty and without NUL. */
    static boolean isScramText(byte[] message) {
        for (byte b : message) {
            if (b == 0) {
                return false;
            }
        }
        return message.length > 0;
    }

    /** Returns the length of {@code n,,} or {@code y,,}; -1 for any other beginning. */
    static int gs2HeaderLength(String clientFirst) {
        return clientFirst.startsWith("n,,") || clientFirst.startsWith("y,,") ? 3 : -1;
    }

    /** Returns what is wrong with a beginning that is neither. */
    static String gs2HeaderFault(String clientFirst) {
        if (clientFirst.startsWith("p=")) {
            return "the client requires channel binding, which SCRAM-SHA-256 without -PLUS does not have";
        }
        if (clientFirst.startsWith("n,a=") || clientFirst.startsWith("y,a=")) {
            return "client uses authorization identity, but it is not supported";
        }
        return MALFORMED;
    }

    /**
     * Returns the nonce of a client-first-message-bare, {@code n=user,r=nonce[,extensions]}; {@code
     * null} if it is none.
     */
    static @Nullable String nonceOfClientFirst(String bare) {
        String[] attributes = bare.split(",", -1);
        if (attributes.length < 2
                || !attributes[0].startsWith("n=")
                || !attributes[1].startsWith("r=")) {
            return null;
        }
        for (int i = 2; i < attributes.length; i++) {
            if (!isAttribute(attributes[i])) {
                return null;
            }
        }
        String nonce = attributes[1].substring(2);
        return !nonce.isEmpty() && nonce.chars().allMatch(c -> c >= 0x21 && c <= 0x7E)
                ? nonce
                : null;
    }

    /** Returns the bytes of a proof; empty if it is not base64. */
    static byte[] proof(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static boolean isAttribute(String text) {
        return text.length() >= 2 && Character.isLetter(text.charAt(0)) && text.charAt(1) == '=';
    }
}
