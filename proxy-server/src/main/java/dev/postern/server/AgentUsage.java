package dev.postern.server;

import dev.postern.server.enforce.QueryQuota;
import dev.postern.server.pool.Cap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What one agent uses at the moment, over all its sessions. Safe for use by any thread. */
final class AgentUsage {

    private final AtomicInteger sessions = new AtomicInteger();
    private final Cap connections = new Cap(Integer.MAX_VALUE);
    private volatile @Nullable QueryQuota quota;

    /** Takes a session; false if there are as many as may be. */
    boolean tryOpen(int maxSessions) {
        return sessions.getAndUpdate(n -> n < maxSessions ? n + 1 : n) < maxSessions;
    }

    /** Returns what its sessions' use of connections counts against. */
    Cap connections(int max) {
        connections.setMax(max);
        return connections;
    }

    /** Gives a session back. */
    void close() {
        sessions.decrementAndGet();
    }

    /**
     * Returns the quota of this agent, the same for all its sessions as long as the rate stays;
     * {@code null}: unlimited.
     */
    @Nullable QueryQuota quota(@Nullable Integer perMinute, long nowNanos) {
        if (perMinute == null) {
            return null;
        }
        synchronized (this) {
            QueryQuota current = quota;
            if (current == null || current.perMinute() != perMinute) {
                current = new QueryQuota(perMinute, nowNanos);
                quota = current;
            }
            return current;
        }
    }
}
