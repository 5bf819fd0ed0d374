package dev.postern.server.doctor;

/** How a check came out. */
public enum Level {
    /** It holds. */
    OK,
    /** It holds, but something about it is worth knowing. */
    NOTE,
    /** It does not hold, and the configuration says in so many words that it need not. */
    WAIVED,
    /** It does not hold. */
    FAIL
}
