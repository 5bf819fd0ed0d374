package dev.postern.server.config;

/** What agents' connections may be, in PostgreSQL's words. */
public enum ListenTlsMode {
    /** TLS is refused. */
    DISABLE,
    /** TLS and plain connections are both accepted. */
    ALLOW,
    /** A connection without TLS is refused. */
    REQUIRE
}
