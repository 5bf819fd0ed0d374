package dev.postern.server;

import dev.postern.server.upstream.UpstreamHost;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How many connections there are to each host of an upstream. Safe for use by any thread. */
final class HostConnections {

    private final Map<UpstreamHost, AtomicInteger> used;
    private final Map<UpstreamHost, AtomicInteger> idle;

    HostConnections(List<UpstreamHost> hosts) {
        used = counters(hosts);
        idle = counters(hosts);
    }

    private static Map<UpstreamHost, AtomicInteger> counters(List<UpstreamHost> hosts) {
        return hosts.stream()
                .distinct()
                .collect(
                        Collectors.toUnmodifiableMap(
                                Function.identity(), h -> new AtomicInteger()));
    }

    void count(UpstreamHost host, boolean inUse, int change) {
        AtomicInteger counter = (inUse ? used : idle).get(host);
        if (counter != null) {
            counter.addAndGet(change);
        }
    }

    /** Returns how many serve sessions. */
    int used(UpstreamHost host) {
        return get(used, host);
    }

    /** Returns how many wait for one. */
    int idle(UpstreamHost host) {
        return get(idle, host);
    }

    private static int get(Map<UpstreamHost, AtomicInteger> counters, UpstreamHost host) {
        AtomicInteger counter = counters.get(host);
        return counter == null ? 0 : counter.get();
    }
}
