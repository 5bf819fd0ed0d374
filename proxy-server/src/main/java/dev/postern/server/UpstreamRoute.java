package dev.postern.server;

import dev.postern.server.tls.UpstreamTls;
import dev.postern.server.upstream.UpstreamConnection;
import dev.postern.server.upstream.UpstreamConnector;
import dev.postern.server.upstream.UpstreamHost;
import dev.postern.server.upstream.UpstreamTarget;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The way to one configured upstream, shared by all sessions that use it. Safe for use by any
 * thread.
 */
final class UpstreamRoute {

    private final String name;
    private final List<UpstreamHost> hosts;
    private final String user;
    private final Supplier<char[]> password;
    private final UpstreamTls tls;
    private final Duration connectTimeout;
    private final boolean allowPrimary;
    private final boolean allowWritableRole;
    private final int maxConnections;
    private final UpstreamConnector connector;
    private final UpstreamHosts known;
    private final AtomicInteger connections = new AtomicInteger();
    private final Map<UpstreamHost, AtomicInteger> byHost;

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
            boolean allowWritableRole,
            int maxConnections,
            UpstreamConnector connector,
            UpstreamHosts known) {
        this.name = name;
        this.hosts = List.copyOf(hosts);
        this.user = user;
        this.password = password;
        this.tls = tls;
        this.connectTimeout = connectTimeout;
        this.allowPrimary = allowPrimary;
        this.allowWritableRole = allowWritableRole;
        this.maxConnections = maxConnections;
        this.connector = connector;
        this.known = known;
        this.byHost =
                this.hosts.stream()
                        .distinct()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        host -> host, host -> new AtomicInteger()));
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

    boolean allowWritableRole() {
        return allowWritableRole;
    }

    /** Takes one of the connections there may be; false if all are taken. */
    boolean tryAcquire() {
        return connections.getAndUpdate(n -> n < maxConnections ? n + 1 : n) < maxConnections;
    }

    /** Gives a connection back. */
    void release() {
        connections.decrementAndGet();
    }

    /** Returns what is known of the hosts. */
    UpstreamHosts known() {
        return known;
    }

    /** Returns the hosts. */
    List<UpstreamHost> hosts() {
        return hosts;
    }

    /** Returns how many sessions are connected to a host. */
    int sessionsOn(UpstreamHost host) {
        AtomicInteger count = byHost.get(host);
        return count == null ? 0 : count.get();
    }

    /** A session has connected to a host, or left it. */
    void count(UpstreamHost host, int change) {
        AtomicInteger count = byHost.get(host);
        if (count != null) {
            count.addAndGet(change);
        }
    }

    /**
     * Connects a session.
     *
     * @param settings what the agent asked for; what Postern relies on is added and overrides it
     * @param maxLag how far the host's replay may be behind, beside what the upstream demands;
     *     {@code null}: no further limit
     */
    Future<UpstreamConnection> connect(
            EventLoop eventLoop,
            String database,
            Map<String, String> settings,
            @Nullable Duration maxLag) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        PinnedSettings.apply(all);
        return connector.connect(
                eventLoop,
                new UpstreamTarget(
                        hosts,
                        user,
                        database,
                        password,
                        tls,
                        connectTimeout,
                        all,
                        allowPrimary,
                        maxLag));
    }
}
