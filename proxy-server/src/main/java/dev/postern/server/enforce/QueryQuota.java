package dev.postern.server.enforce;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Statements a minute of one agent over all its sessions, by the generic cell rate algorithm: a
 * full minute's worth may come at once, after that they come at the even rate. Safe for use by any
 * thread.
 */
public final class QueryQuota {

    private static final long MINUTE_NANOS = 60_000_000_000L;

    private final int perMinute;
    private final long interval;
    private final AtomicLong theoreticalArrival;

    /**
     * Makes a quota that nothing is used of.
     *
     * @param perMinute statements a minute, positive
     * @param nowNanos the monotonic clock
     */
    public QueryQuota(int perMinute, long nowNanos) {
        if (perMinute < 1) {
            throw new IllegalArgumentException("a quota is positive");
        }
        this.perMinute = perMinute;
        this.interval = MINUTE_NANOS / perMinute;
        this.theoreticalArrival = new AtomicLong(nowNanos);
    }

    /** Returns the statements a minute. */
    public int perMinute() {
        return perMinute;
    }

    /** Takes one statement if there is one left; a refused one uses nothing. */
    public boolean tryAcquire(long nowNanos) {
        while (true) {
            long arrival = theoreticalArrival.get();
            long base = arrival - nowNanos > 0 ? arrival : nowNanos;
            long next = base + interval;
            if (next - nowNanos > MINUTE_NANOS) {
                return false;
            }
            if (theoreticalArrival.compareAndSet(arrival, next)) {
                return true;
            }
        }
    }
}
