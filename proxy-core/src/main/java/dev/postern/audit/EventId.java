package dev.postern.audit;

/**
 * A UUID of version 7 (RFC 9562, section 5.7) as two words: sorts by time.
 *
 * @param high the 48-bit time in milliseconds, the version, 12 random bits
 * @param low the variant and 62 random bits
 */
public record EventId(long high, long low) {

    /**
     * Makes an id.
     *
     * @param epochMillis the time
     * @param random1 any 64 random bits, of which 12 are used
     * @param random2 any 64 random bits, of which 62 are used
     */
    public static EventId of(long epochMillis, long random1, long random2) {
        return new EventId(
                (epochMillis << 16) | 0x7000L | (random1 & 0xFFFL),
                (random2 & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
    }

    /** Returns the usual 36 characters. */
    @Override
    public String toString() {
        return new java.util.UUID(high, low).toString();
    }
}
