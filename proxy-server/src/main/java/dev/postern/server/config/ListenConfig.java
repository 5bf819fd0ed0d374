package dev.postern.server.config;

import java.time.Duration;

/**
 * The section {@code listen}.
 *
 * @param host where agents connect to
 * @param port the port, 0 for any free one
 * @param tls how connections are protected
 * @param authenticationTimeout from accept to the end of authentication
 * @param maxUnauthenticated connections that are under way to authentication
 * @param maxSessions authenticated sessions over all agents
 */
public record ListenConfig(
        String host,
        int port,
        ListenTlsConfig tls,
        Duration authenticationTimeout,
        int maxUnauthenticated,
        int maxSessions) {

    public ListenConfig {
        Keys.LISTEN_HOST.check(host);
        Keys.LISTEN_PORT.check(port);
        Keys.LISTEN_AUTHENTICATION_TIMEOUT.check(authenticationTimeout);
        Keys.LISTEN_MAX_UNAUTHENTICATED.check(maxUnauthenticated);
        Keys.LISTEN_MAX_SESSIONS.check(maxSessions);
    }

    /** Returns the same with other TLS settings. */
    ListenConfig withTls(ListenTlsConfig other) {
        return new ListenConfig(
                host, port, other, authenticationTimeout, maxUnauthenticated, maxSessions);
    }
}
