package dev.postern.server.frontend;

import java.util.concurrent.atomic.AtomicInteger;

/** The bound on connections that have not authenticated yet. Safe for use by any thread. */
public final class UnauthenticatedConnections {

    private final int limit;
    private final AtomicInteger count = new AtomicInteger();

    /** Makes a bound of {@code limit} connections at a time. */
    public UnauthenticatedConnections(int limit) {
        this.limit = limit;
    }

    /** Returns how many there are now. */
    public int count() {
        return count.get();
    }

    /** Takes a place; false if there is none. */
    boolean tryAcquire() {
        return count.getAndUpdate(n -> n < limit ? n + 1 : n) < limit;
    }

    /** Gives a place back. */
    void release() {
        count.decrementAndGet();
    }
}
