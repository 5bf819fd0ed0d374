package dev.postern.server.config;

/**
 * What becomes of a statement that a policy's rules for relations, columns or functions are
 * against.
 */
public enum PolicyMode {
    /** It is refused. */
    ENFORCE,
    /** It runs, and the record says what it would have been refused for. */
    OBSERVE
}
