package dev.postern.audit;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What the end of a line says about its place in the chain.
 *
 * @param seq its number
 * @param prev the hash of the line before it, in hexadecimal
 * @param hash its own hash, in hexadecimal
 * @param intact whether {@code hash} is the hash of the rest
 */
public record SealedLine(long seq, String prev, String hash, boolean intact) {

    private static final int LONGEST_SEQ = 19;

    /**
     * Reads a line without its newline; returns {@code null} if it does not end as a sealed line
     * does.
     */
    public static @Nullable SealedLine read(byte[] line) {
        int hashAt = line.length - HashChain.END.length - HashChain.HEX_DIGITS;
        int hashField = hashAt - HashChain.HASH.length;
        int prevAt = hashField - 1 - HashChain.HEX_DIGITS;
        int prevField = prevAt - HashChain.PREV.length;
        int seqAt = prevField;
        while (seqAt > 0 && line[seqAt - 1] >= '0' && line[seqAt - 1] <= '9') {
            seqAt--;
        }
        int seqField = seqAt - HashChain.SEQ.length;
        boolean shaped =
                seqField >= 0
                        && isAt(line, line.length - HashChain.END.length, HashChain.END)
                        && isAt(line, hashField, HashChain.HASH)
                        && line[hashField - 1] == '"'
                        && isAt(line, prevField, HashChain.PREV)
                        && isAt(line, seqField, HashChain.SEQ)
                        && isHex(line, hashAt)
                        && isHex(line, prevAt)
                        && prevField - seqAt >= 1
                        && prevField - seqAt <= LONGEST_SEQ;
        if (!shaped) {
            return null;
        }
        String hash = ascii(line, hashAt, HashChain.HEX_DIGITS);
        MessageDigest sha256 = HashChain.sha256();
        sha256.update(line, 0, hashField);
        sha256.update((byte) '}');
        boolean intact = HexFormat.of().formatHex(sha256.digest()).equals(hash);
        long seq;
        try {
            seq = Long.parseLong(ascii(line, seqAt, prevField - seqAt));
        } catch (NumberFormatException e) {
            return null;
        }
        return new SealedLine(seq, ascii(line, prevAt, HashChain.HEX_DIGITS), hash, intact);
    }

    /** Returns the bytes of {@link #hash}. */
    public byte[] hashBytes() {
        return HexFormat.of().parseHex(hash);
    }

    private static boolean isAt(byte[] line, int at, byte[] part) {
        return Arrays.equals(line, at, at + part.length, part, 0, part.length);
    }

    private static boolean isHex(byte[] line, int at) {
        for (int i = at; i < at + HashChain.HEX_DIGITS; i++) {
            boolean digit =
                    (line[i] >= '0' && line[i] <= '9') || (line[i] >= 'a' && line[i] <= 'f');
            if (!digit) {
                return false;
            }
        }
        return true;
    }

    private static String ascii(byte[] line, int at, int count) {
        return new String(line, at, count, java.nio.charset.StandardCharsets.US_ASCII);
    }
}
