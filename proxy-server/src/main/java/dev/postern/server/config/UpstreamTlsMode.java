package dev.postern.server.config;

/**
 * How a connection to PostgreSQL is protected, in libpq's words.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-ssl.html">PostgreSQL, SSL Support</a>
 */
public enum UpstreamTlsMode {
    /** No TLS. */
    DISABLE,
    /** TLS with whatever certificate the server has: against eavesdroppers only. */
    REQUIRE,
    /** The certificate must come from a trusted authority. */
    VERIFY_CA,
    /** And it must be for the host that was asked for. */
    VERIFY_FULL
}
