package dev.postern.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code server}.
 *
 * @param eventLoops threads that carry traffic; {@code null}: half as many as processors, at least
 *     one
 * @param peers the instances behind one address; {@code null}: this is the only one
 * @param drainTimeout how long sessions may finish after SIGTERM
 * @param reloadInterval between two looks at the configuration file
 */
public record ServerConfig(
        @Nullable Integer eventLoops,
        @Nullable PeersConfig peers,
        Duration drainTimeout,
        Duration reloadInterval) {

    public ServerConfig {
        Keys.SERVER_EVENT_LOOPS.checkIfPresent(eventLoops);
        Keys.SERVER_DRAIN_TIMEOUT.check(drainTimeout);
        Keys.SERVER_RELOAD_INTERVAL.check(reloadInterval);
    }
}
