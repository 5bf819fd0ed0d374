package dev.postern.server.config;

/** The values of {@code upstreams.<name>.pool.mode}. */
public enum PoolModeName {
    SESSION,
    TRANSACTION
}
