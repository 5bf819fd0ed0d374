package dev.postern.protocol;

/** How grave an error is: what it ends. */
public enum Severity {
    /** The statement, and with it the transaction. */
    ERROR,
    /** The session. */
    FATAL,
    /** All sessions of the server. */
    PANIC
}
