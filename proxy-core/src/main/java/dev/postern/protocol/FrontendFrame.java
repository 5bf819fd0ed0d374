package dev.postern.protocol;

/** What stands at the head of the bytes an agent has sent so far. */
public sealed interface FrontendFrame {

    /**
     * A whole message.
     *
     * @param message what it says
     * @param length its bytes including the type and length fields
     */
    record Whole(FrontendMessage message, int length) implements FrontendFrame {}

    /** Not enough bytes for a message yet. */
    record Incomplete() implements FrontendFrame {
        static final Incomplete INSTANCE = new Incomplete();
    }

    /**
     * A message longer than its limit, of which nothing was kept.
     *
     * @param type its first byte
     * @param length its bytes including the type and length fields, to be skipped as they come
     * @param limit the longest body allowed
     */
    record TooLong(byte type, int length, int limit) implements FrontendFrame {}

    /** Bytes that are no message of the protocol: nothing behind them can be understood. */
    record Malformed(String reason) implements FrontendFrame {}
}
