package dev.postern.server.config;

import java.time.Duration;

/**
 * The section {@code admin}.
 *
 * @param host where the admin port listens
 * @param port the admin port, 0 for any free one
 * @param maxConnections how many it serves at a time
 * @param requestTimeout how long a request may take to arrive
 */
public record AdminConfig(String host, int port, int maxConnections, Duration requestTimeout) {

    public AdminConfig {
        Keys.ADMIN_HOST.check(host);
        Keys.ADMIN_PORT.check(port);
        Keys.ADMIN_MAX_CONNECTIONS.check(maxConnections);
        Keys.ADMIN_REQUEST_TIMEOUT.check(requestTimeout);
    }
}
