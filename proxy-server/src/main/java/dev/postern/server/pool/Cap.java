package dev.postern.server.pool;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** How many connections somebody may use at a time. Safe for use by any thread. */
public final class Cap {

    private final AtomicInteger used = new AtomicInteger();
    private volatile int max;

    /** Makes one. */
    public Cap(int max) {
        this.max = max;
    }

    /** Changes it, from the next connection on. */
    public void setMax(int max) {
        this.max = max;
    }

    /** Returns how many are in use. */
    public int used() {
        return used.get();
    }

    private boolean tryTake() {
        int limit = max;
        return used.getAndUpdate(n -> n < limit ? n + 1 : n) < limit;
    }

    /** Takes one of each; false if one of them has none left, and then none is taken. */
    static boolean tryTake(List<Cap> caps) {
        for (int i = 0; i < caps.size(); i++) {
            if (!caps.get(i).tryTake()) {
                caps.subList(0, i).forEach(cap -> cap.used.decrementAndGet());
                return false;
            }
        }
        return true;
    }

    /** Gives one of each back. */
    static void giveBack(List<Cap> caps) {
        caps.forEach(cap -> cap.used.decrementAndGet());
    }
}
