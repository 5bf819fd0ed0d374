package dev.postern.server;

import dev.postern.server.tls.UpstreamTls;
import dev.postern.server.upstream.UpstreamHost;
import dev.postern.server.upstream.UpstreamTarget;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** The way to one configured upstream, shared by all sessions that use it. Safe for use by any thread. */
final class UpstreamRoute {

    private final String name;
    private final List<UpstreamHost> hosts;
    private final String user;
    private final Supplier<char[]> password;
    private final UpstreamTls tls;
    private final Duration connectTimeout;
    private final boolean allowPrimary;
    private final int maxConnections;
    private final AtomicInteger connections = new AtomicInteger();

    /**
     * Makes a route.
     *
     * @param password never blocks; the array it returns is the caller's to wipe
     */
    UpstreamRoute(
            String name,
            List<UpstreamHost> hosts,
            String user,
            Supplier<char[]> password,
            UpstreamTls tls,
            Duration connectTimeout,
            boolean allowPrimary,
            int maxConnections) {
        this.name = name;
        this.hosts = List.copyOf(hosts);
        this.user = user;
        this.password = password;
        this.tls = tls;
        this.connectTimeout = connectTimeout;
        this.allowPrimary = allowPrimary;
        this.maxConnections = maxConnections;
    }

    String name() {
        return name;
    }

    UpstreamTls tls() {
        return tls;
    }

    Duration connectTimeout() {
        return connectTimeout;
    }

    boolean allowPrimary() {
        return allowPrimary;
    }

    /** Takes one of the connections there may be; false if all are taken. */
    boolean tryAcquire() {
        return connections.getAndUpdate(n -> n < maxConnections ? n + 1 : n) < maxConnections;
    }

    /** Gives a connection back. */
    void release() {
        connections.decrementAndGet();
    }

    /** Returns how many connections are taken. */
    int connections() {
        return connections.get();
    }

    /**
     * Returns where a session connects to.
     *
     * @param settings what the agent asked for; what Postern relies on is added and overrides it
     */
    UpstreamTarget target(String database, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        PinnedSettings.apply(all);
        return new UpstreamTarget(
                hosts, user, database, password, tls, connectTimeout, all, allowPrimary);
    }
}
