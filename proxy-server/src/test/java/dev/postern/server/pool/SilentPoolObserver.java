package dev.postern.server.pool;

import dev.postern.server.upstream.UpstreamHost;

/** For tests that are not about it. */
public final class SilentPoolObserver implements PoolObserver {

    @Override
    public void connections(UpstreamHost host, boolean inUse, int change) {}

    @Override
    public void waiting(int change) {}

    @Override
    public void granted(long waitedNanos) {}

    @Override
    public void timedOut() {}

    @Override
    public void limit(int change) {}

    @Override
    public void discarded(Discarded why) {}

    @Override
    public void pinned(Pin why, boolean begins) {}
}
