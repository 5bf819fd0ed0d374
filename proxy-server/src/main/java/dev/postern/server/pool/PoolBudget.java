package dev.postern.server.pool;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections there may be to one upstream, over all its databases and all event loops.
 * Whoever finds none left waits in line; then the others give up what they do not use, and what
 * they use beyond their share. Safe for use by any thread.
 */
public final class PoolBudget {

    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final List<ConnectionPool> pools = new CopyOnWriteArrayList<>();
    private final Queue<ConnectionPool> hungry = new ConcurrentLinkedQueue<>();

    /** Makes one. */
    public PoolBudget(int max) {
        this.max = max;
    }

    /** Returns how many are open or being opened. */
    public int open() {
        return open.get();
    }

    boolean hasRoom() {
        return open.get() < max;
    }

    void join(ConnectionPool pool) {
        pools.add(pool);
    }

    boolean tryTake() {
        return open.getAndUpdate(n -> n < max ? n + 1 : n) < max;
    }

    void giveBack() {
        open.decrementAndGet();
        ConnectionPool next = hungry.poll();
        if (next != null) {
            next.execute(next::serve);
        }
    }

    /** Puts a pool in line, and has the others look for what they can spare. */
    void ask(ConnectionPool pool) {
        if (hungry.contains(pool)) {
            return;
        }
        hungry.add(pool);
        for (ConnectionPool other : pools) {
            if (!other.equals(pool)) {
                other.execute(other::spareOne);
            }
        }
    }

    /**
     * Tells whether a pool that has so many connections should give one up rather than reuse it.
     */
    boolean shouldSpare(int connections) {
        return !hungry.isEmpty() && connections > Math.max(1, max / Math.max(1, pools.size()));
    }
}
