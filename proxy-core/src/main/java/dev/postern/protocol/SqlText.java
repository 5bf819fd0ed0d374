package dev.postern.protocol;

import java.util.Arrays;

/**
 * One SQL text as it came: the bytes between the message header and the terminating NUL, not yet
 * known to be UTF-8. Immutable; {@code toString} shows the length only, since SQL belongs to the
 * audit trail and not to logs.
 */
public final class SqlText {

    private final byte[] bytes;
    private int hash;

    private SqlText(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Wraps bytes; the caller gives them up and never changes them again. */
    public static SqlText owning(byte[] bytes) {
        return new SqlText(bytes);
    }

    /** Returns the bytes themselves, not a copy: callers must not change them. */
    public byte[] bytes() {
        return bytes;
    }

    /** Returns the length in bytes. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SqlText that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        int h = hash;
        if (h == 0) {
            h = Arrays.hashCode(bytes);
            hash = h;
        }
        return h;
    }

    @Override
    public String toString() {
        return "SqlText[" + bytes.length + " bytes]";
    }
}
