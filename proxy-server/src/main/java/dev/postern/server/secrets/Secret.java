package dev.postern.server.secrets;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A secret's characters. Immutable; never printed, compared or serialised: {@code toString} does
 * not show it, and two secrets are equal only if they are the same object.
 */
public final class Secret {

    private final char[] chars;

    private Secret(char[] chars) {
        this.chars = chars;
    }

    /** Makes a secret of characters; the array is copied. */
    public static Secret of(char[] chars) {
        return new Secret(chars.clone());
    }

    /**
     * Makes a secret of UTF-8.
     *
     * @throws CharacterCodingException if it is not UTF-8; the message does not repeat it
     */
    public static Secret ofUtf8(byte[] utf8) throws CharacterCodingException {
        CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
        char[] chars = new char[decoded.remaining()];
        decoded.get(chars);
        return new Secret(chars);
    }

    /** Returns a copy, the caller's to overwrite. */
    public char[] chars() {
        return chars.clone();
    }

    /** Returns a copy in UTF-8, the caller's to overwrite. */
    public byte[] utf8() {
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(chars));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        return "Secret[redacted]";
    }
}
