package dev.postern.protocol;

/**
 * How long an agent's messages may be, in bytes of body, checked against the announced length
 * before anything of the body is kept.
 *
 * @param text Query and Parse: they carry SQL
 * @param bind Bind: it carries parameters
 * @param other every other message: names and flags
 */
public record FrameLimits(int text, int bind, int other) {

    /**
     * No message may announce more than PostgreSQL itself accepts ({@code PQ_LARGE_MESSAGE_LIMIT},
     * 1 GiB - 1).
     */
    public static final int PROTOCOL_MAXIMUM = 0x3FFF_FFFF;

    /** Names and flags need no more than this. */
    public static final int MAX_OTHER = 65_536;

    /**
     * A name may be this long beside the SQL text in a Parse, together with its parameter types.
     */
    public static final int PARSE_OVERHEAD = 66_000 * 4 + 256;

    public FrameLimits {
        if (text < 1 || bind < 1 || other < 256) {
            throw new IllegalArgumentException("frame limits must be positive, other at least 256");
        }
    }

    /** Returns the longest body a message of this type may have. */
    public int of(byte type) {
        return switch (type) {
            case FrontendType.QUERY -> text + 1;
            case FrontendType.PARSE -> text + PARSE_OVERHEAD;
            case FrontendType.BIND -> bind;
            default -> other;
        };
    }
}
