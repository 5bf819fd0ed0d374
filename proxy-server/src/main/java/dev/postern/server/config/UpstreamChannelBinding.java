package dev.postern.server.config;

/**
 * Whether a login by SCRAM is tied to the TLS connection it comes by, in libpq's words.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-CHANNEL-BINDING">PostgreSQL,
 *     channel_binding</a>
 */
public enum UpstreamChannelBinding {
    /** It is not. */
    DISABLE,
    /** If the server can. */
    PREFER,
    /** And no other login will do. */
    REQUIRE
}
