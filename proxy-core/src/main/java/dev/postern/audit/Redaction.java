package dev.postern.audit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Takes secrets out of statements before they go into the trail. Literals are kept, since the trail
 * must tell what was asked; taken out are the values that follow the word {@code password} or
 * {@code passwd} ({@code ALTER ROLE … PASSWORD '…'}, {@code OPTIONS (password '…')}, {@code WHERE
 * password = '…'}, {@code 'host=… password=…'}, {@code '{"password": "…"}'}) and the password in a
 * URI ({@code postgresql://user:…@host}). Where it is unclear how far a secret goes, the rest of
 * the text is taken out.
 *
 * <p>The gate judges the text as it came; only the trail sees this one.
 */
final class Redaction {

    private static final byte[] MARK = "<redacted>".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PASSWORD = "password".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PASSWD = "passwd".getBytes(StandardCharsets.US_ASCII);

    /** Where the {@code w} stands in both words. */
    private static final int BEFORE_W = 4;

    /** Bytes at which a closer look is needed: w for the words, colon for URIs. */
    private static final boolean[] LOOK = new boolean[256];

    static {
        LOOK['w'] = true;
        LOOK['W'] = true;
        LOOK[':'] = true;
    }

    private Redaction() {}

    /**
     * Returns the text without secrets: the given array itself if it holds none. Never changes the
     * array.
     */
    static byte[] apply(byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (LOOK[text[i] & 0xFF] && (wordAt(text, i) > 0 || uriAt(text, i))) {
                return remove(text);
            }
        }
        return text;
    }

    private static byte[] remove(byte[] text) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(text.length);
        SqlScan scan = new SqlScan(text);
        int copied = 0;
        for (int i = 0; i < text.length; i++) {
            if (!LOOK[text[i] & 0xFF]) {
                continue;
            }
            int word = wordAt(text, i);
            SecretValue secret = SecretValue.NONE;
            if (word > 0) {
                secret = SecretValue.after(text, word, scan.at(i));
            } else if (uriAt(text, i)) {
                secret = SecretValue.inUri(text, i + "://".length());
            }
            if (secret.from() < secret.to() && secret.from() >= copied) {
                kept.write(text, copied, secret.from() - copied);
                kept.writeBytes(MARK);
                copied = secret.to();
                i = Math.max(i, copied - 1);
            }
        }
        kept.write(text, copied, text.length - copied);
        return kept.toByteArray();
    }

    /** Returns where the word ends whose w stands at {@code w}, 0 if it is none of ours. */
    private static int wordAt(byte[] text, int w) {
        if ((text[w] | 0x20) != 'w' || w < BEFORE_W) {
            return 0;
        }
        int end = 0;
        if (matches(text, w - BEFORE_W, PASSWORD)) {
            end = w - BEFORE_W + PASSWORD.length;
        } else if (matches(text, w - BEFORE_W, PASSWD)) {
            end = w - BEFORE_W + PASSWD.length;
        }
        return end > 0 && (end == text.length || !SqlScan.isIdentifier(text[end])) ? end : 0;
    }

    private static boolean uriAt(byte[] text, int colon) {
        return text[colon] == ':'
                && colon + 2 < text.length
                && text[colon + 1] == '/'
                && text[colon + 2] == '/';
    }

    private static boolean matches(byte[] text, int at, byte[] word) {
        if (at + word.length > text.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if ((text[at + i] | 0x20) != word[i]) {
                return false;
            }
        }
        return true;
    }
}
