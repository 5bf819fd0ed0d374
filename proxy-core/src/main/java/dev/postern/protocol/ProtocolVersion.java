package dev.postern.protocol;

/**
 * A version of the frontend/backend protocol, as a StartupMessage asks for it.
 *
 * @param major the upper 16 bits
 * @param minor the lower 16 bits
 */
public record ProtocolVersion(int major, int minor) implements Comparable<ProtocolVersion> {

    /** PostgreSQL 7.4 and later. */
    public static final ProtocolVersion V3_0 = new ProtocolVersion(3, 0);

    /** PostgreSQL 18: cancel keys of variable length. The newest version there is. */
    public static final ProtocolVersion V3_2 = new ProtocolVersion(3, 2);

    /** Reads the wire's 32 bits. */
    public static ProtocolVersion of(int word) {
        return new ProtocolVersion(word >>> 16, word & 0xFFFF);
    }

    /** Returns the wire's 32 bits. */
    public int word() {
        return major << 16 | minor;
    }

    /**
     * Returns the older of this version and {@link #V3_2}: what a session that asked for this one
     * speaks.
     */
    public ProtocolVersion negotiated() {
        return compareTo(V3_2) > 0 ? V3_2 : this;
    }

    @Override
    public int compareTo(ProtocolVersion other) {
        return Integer.compareUnsigned(word(), other.word());
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
