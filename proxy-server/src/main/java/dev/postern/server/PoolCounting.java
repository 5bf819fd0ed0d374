package dev.postern.server;

import dev.postern.server.metrics.PoolMetrics;
import dev.postern.server.pool.Pin;
import dev.postern.server.pool.PoolObserver;
import dev.postern.server.upstream.UpstreamHost;
import java.util.Locale;

/** Counts what happens in an upstream's pools. */
record PoolCounting(HostConnections hosts, PoolMetrics metrics) implements PoolObserver {

    @Override
    public void connections(UpstreamHost host, boolean inUse, int change) {
        hosts.count(host, inUse, change);
    }

    @Override
    public void waiting(int change) {
        metrics.waiting(change);
    }

    @Override
    public void granted(long waitedNanos) {
        metrics.waited(waitedNanos);
    }

    @Override
    public void timedOut() {
        metrics.timedOut();
    }

    @Override
    public void limit(int change) {
        metrics.limit(change);
    }

    @Override
    public void discarded(Discarded why) {
        metrics.discarded(why.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void pinned(Pin why, boolean begins) {
        metrics.pinned(why.name().toLowerCase(Locale.ROOT), begins ? 1 : -1);
    }
}
