package dev.postern.server.upstream;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a PasswordMessage holds.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP">PostgreSQL,
 *     "Start-up"</a>
 */
final class PasswordAnswers {

    private static final int MAX_BYTES_PER_CHAR = 3;

    private PasswordAnswers() {}

    /** Returns the password as UTF-8; the caller wipes both arrays. */
    static byte[] cleartext(char[] password) {
        ByteBuffer encoded = ByteBuffer.allocate(password.length * MAX_BYTES_PER_CHAR);
        StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(password), encoded, true);
        byte[] bytes = Arrays.copyOf(encoded.array(), encoded.position());
        Arrays.fill(encoded.array(), (byte) 0);
        return bytes;
    }

    /** Returns {@code "md5" + md5(md5(password + user) + salt)}, in hexadecimal digits. */
    static byte[] md5(String user, char[] password, byte[] salt) {
        MessageDigest digest = md5();
        byte[] cleartext = cleartext(password);
        digest.update(cleartext);
        Arrays.fill(cleartext, (byte) 0);
        byte[] inner = hex(digest.digest(user.getBytes(StandardCharsets.UTF_8)));
        digest.update(inner);
        return ("md5" + new String(hex(digest.digest(salt)), StandardCharsets.US_ASCII))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has MD5", e);
        }
    }
}
