package dev.postern.audit;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Follows a chain of lines and tells the first that does not fit. */
public final class ChainVerifier {

    private static final String GENESIS = HexFormat.of().formatHex(HashChain.genesis());

    private @Nullable SealedLine last;
    private long lines;

    /**
     * Takes the next line, without its newline.
     *
     * @return what is wrong with it, in words; {@code null} if it fits
     */
    public @Nullable String accept(byte[] line) {
        SealedLine sealed = SealedLine.read(line);
        if (sealed == null) {
            return "not a line of an audit trail: it does not end in seq, prev and hash";
        }
        if (!sealed.intact()) {
            return "the line was changed: its hash is not the hash of its content";
        }
        SealedLine before = last;
        if (before == null) {
            if (sealed.seq() == 1 && !sealed.prev().equals(GENESIS)) {
                return "line 1 of the trail refers to a line before it";
            }
        } else if (sealed.seq() != before.seq() + 1) {
            return "seq "
                    + sealed.seq()
                    + " follows seq "
                    + before.seq()
                    + ": lines are missing, added or in another order";
        } else if (!sealed.prev().equals(before.hash())) {
            return "its prev is not the hash of the line before: a line was replaced";
        }
        last = sealed;
        lines++;
        return null;
    }

    /** Returns how many lines fitted. */
    public long lines() {
        return lines;
    }

    /** Returns the line that fitted last, {@code null} if none has yet. */
    public @Nullable SealedLine last() {
        return last;
    }
}
