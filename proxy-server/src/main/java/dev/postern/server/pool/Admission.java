package dev.postern.server.pool;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which transactions have been given a connection lately, and whether one more may be. A
 * transaction counts against the {@link ConcurrencyLimit} only while it is short: what takes long
 * waits for something other than the server's processors, and keeps nobody from a connection that
 * is there. So no limit, however wrong, delays anybody for more than a few times that. Not
 * thread-safe.
 */
final class Admission {

    private final long shortNanos;
    private final PoolObserver observer;
    private final ConcurrencyLimit limit;
    private int told;

    /** Those that may still be short with when they began, the eldest first. */
    private final Map<ServerConnection, Long> begun = new LinkedHashMap<>();

    /**
     * Makes one for a pool without users.
     *
     * @param shortNanos for how long a transaction counts; 0: never, and there is no limit
     * @param max how many connections there are at most
     * @param observer is told the limit
     */
    Admission(long shortNanos, int max, PoolObserver observer, long nowNanos) {
        this.shortNanos = shortNanos;
        this.observer = observer;
        this.limit = new ConcurrencyLimit(max, nowNanos);
        tell(max);
    }

    /** Returns how many may begin now. */
    int room(long nowNanos) {
        if (shortNanos == 0) {
            return Integer.MAX_VALUE;
        }
        Iterator<Long> eldest = begun.values().iterator();
        while (eldest.hasNext() && nowNanos - eldest.next() >= shortNanos) {
            eldest.remove();
        }
        return limit.limit() - begun.size();
    }

    /** Returns in how many nanoseconds the next of those that have begun is no longer short. */
    long untilRoom(long nowNanos) {
        return begun.isEmpty()
                ? 0
                : Math.max(0, begun.values().iterator().next() + shortNanos - nowNanos);
    }

    /** A transaction begins. */
    void begins(ServerConnection connection, long nowNanos) {
        if (shortNanos > 0) {
            begun.put(connection, nowNanos);
        }
    }

    /**
     * A transaction is over.
     *
     * @param othersWait whether somebody waits
     */
    void ended(ServerConnection connection, long nowNanos, boolean othersWait) {
        if (shortNanos > 0) {
            begun.remove(connection);
            limit.ended(nowNanos, othersWait);
            tell(limit.limit());
        }
    }

    /** A connection is gone. */
    void lost(ServerConnection connection) {
        begun.remove(connection);
    }

    /** There is no pool any more. */
    void close() {
        tell(0);
    }

    private void tell(int now) {
        if (now != told) {
            observer.limit(now - told);
            told = now;
        }
    }
}
