package dev.postern.audit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Closes lines so that none can be changed, removed or added later without it showing: each carries
 * the hash of the one before it.
 *
 * <p>To an encoding without closing brace it adds {@code ,"seq":N,"prev":"…","hash":"…"}} and a
 * newline. {@code prev} is the {@code hash} of the line before, 64 zeros for the first of all;
 * {@code hash} is SHA-256 over the line without {@code ,"hash":"…"} and without the newline, both
 * as 64 lower-case hexadecimal digits. For one thread.
 */
public final class HashChain {

    /** The length of a hash in bytes. */
    public static final int HASH_BYTES = 32;

    /** The most that {@link #seal} adds to an encoding. */
    public static final int SEAL_BYTES = 192;

    static final byte[] SEQ = ascii(",\"seq\":");
    static final byte[] PREV = ascii(",\"prev\":\"");
    static final byte[] HASH = ascii(",\"hash\":\"");
    static final byte[] END = ascii("\"}");
    static final int HEX_DIGITS = HASH_BYTES * 2;

    private final MessageDigest sha256 = sha256();
    private byte[] last;

    /** Continues after the line that has this hash. The array is copied. */
    public HashChain(byte[] last) {
        this.last = last.clone();
    }

    /** Returns what the first line of all has in place of a previous hash. */
    public static byte[] genesis() {
        return new byte[HASH_BYTES];
    }

    /** Returns a copy of the hash of the line sealed last. */
    public byte[] last() {
        return last.clone();
    }

    /** Goes back to an earlier line. */
    public void rewind(byte[] hash) {
        last = hash.clone();
    }

    /**
     * Closes the line that lies in an array from {@code start} to {@code end}; the array must have
     * room for {@link #SEAL_BYTES} more.
     *
     * @return where the line ends, newline included
     */
    public int seal(byte[] line, int start, int end, long seq) {
        int at = append(line, end, SEQ);
        at = JsonBytes.decimal(line, at, seq);
        at = append(line, at, PREV);
        at = JsonBytes.hex(line, at, last);
        line[at++] = '"';
        line[at] = '}';
        sha256.update(line, start, at + 1 - start);
        last = sha256.digest();
        at = append(line, at, HASH);
        at = JsonBytes.hex(line, at, last);
        at = append(line, at, END);
        line[at++] = '\n';
        return at;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static int append(byte[] line, int at, byte[] part) {
        System.arraycopy(part, 0, line, at, part.length);
        return at + part.length;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
