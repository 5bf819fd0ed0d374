package dev.postern.server.pool;

/** For how long a session has a connection. */
public enum PoolMode {
    /** Until it ends. */
    SESSION,
    /** For one transaction after another, on whichever connection serves. */
    TRANSACTION
}
