package dev.postern.server.pool;

import java.util.concurrent.TimeUnit;

/**
 * How many transactions may be on their connections at a time while others wait. A server whose
 * processors are busy serves fewer of them when it is given more at a time; one that is far away or
 * waits for its disks serves more. Which it is, trials tell: the limit is a third lower and a third
 * higher for a short time each, in the order low, high, high, low, so that what changes meanwhile
 * counts for both. It goes up if that brings at least a quarter of what it costs, else down.
 *
 * <p>A trial counts only if somebody waits nearly always. When trials say now this, now that, they
 * become rarer. Not thread-safe; the time is told.
 *
 * @see <a href="https://netflixtechblog.medium.com/performance-under-load-3e6fa9a60581">Performance
 *     Under Load, adaptive concurrency limits</a>
 */
final class ConcurrencyLimit {

    /** With fewer, processors idle while one answer goes out and the next statement comes. */
    private static final int MIN = 4;

    private static final int STEP_DIVISOR = 3;
    private static final boolean[] ORDER = {false, true, true, false};

    /** A part of a trial is at least so long, and sees so many transactions end. */
    private static final long PART_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int PART_ENDS = 200;

    /** What ends less often than this allows is not tried any further. */
    private static final long LONGEST_PART_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** At so many of the ends somebody else has to wait. */
    private static final double WAITING = 0.9;

    private static final double WORTH = 0.25;
    private static final int UNCROWDED_UNTIL_HIGHER = 3;
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final int max;
    private int settled;
    private boolean trying;
    private int part;
    private double rateLow;
    private double rateHigh;
    private boolean wentUp;
    private boolean wentDown;
    private int uncrowded;
    private long pause = SHORTEST_PAUSE_NANOS;

    /** When the pause or the part began. */
    private long since;

    /** So many of those that end next began before the part did. */
    private int before;

    private int ends;
    private int crowded;

    /**
     * Begins without a limit.
     *
     * @param max it is never higher
     */
    ConcurrencyLimit(int max, long nowNanos) {
        this.max = max;
        this.settled = max;
        this.since = nowNanos;
    }

    /** Returns how many may be now; at least 1. */
    int limit() {
        if (!trying) {
            return settled;
        }
        return ORDER[part] ? high() : low();
    }

    private int step() {
        return Math.max(1, settled / STEP_DIVISOR);
    }

    private int low() {
        return Math.max(Math.min(MIN, max), settled - step());
    }

    private int high() {
        return Math.min(max, settled + step());
    }

    /**
     * A transaction is over.
     *
     * @param othersWait whether somebody still waits
     */
    void ended(long nowNanos, boolean othersWait) {
        if (!trying) {
            if (othersWait && max > MIN && nowNanos - since >= pause) {
                tryOut(nowNanos);
            }
        } else if (before > 0) {
            before--;
            since = nowNanos;
        } else {
            ends++;
            crowded += othersWait ? 1 : 0;
            long took = nowNanos - since;
            if (took > LONGEST_PART_NANOS) {
                rest(nowNanos);
            } else if (took >= PART_NANOS && ends >= PART_ENDS) {
                partIsOver(took, nowNanos);
            }
        }
    }

    private void tryOut(long nowNanos) {
        trying = true;
        rateLow = 0;
        rateHigh = 0;
        beginPart(0, nowNanos);
    }

    private void beginPart(int number, long nowNanos) {
        part = number;
        before = high();
        since = nowNanos;
        ends = 0;
        crowded = 0;
    }

    private void partIsOver(long took, long nowNanos) {
        if (crowded < ends * WAITING) {
            uncrowded++;
            if (uncrowded >= UNCROWDED_UNTIL_HIGHER) {
                uncrowded = 0;
                settled = high();
            }
            rest(nowNanos);
            return;
        }
        uncrowded = 0;
        double rate = ends / (double) took;
        if (ORDER[part]) {
            rateHigh += rate;
        } else {
            rateLow += rate;
        }
        if (part + 1 < ORDER.length) {
            beginPart(part + 1, nowNanos);
        } else {
            decide(nowNanos);
        }
    }

    private void decide(long nowNanos) {
        double more = (high() - low()) / (double) low();
        boolean up = rateHigh >= rateLow * (1 + WORTH * more);
        int next = up ? high() : low();
        boolean onItsWay = next != settled && !(up ? wentDown : wentUp);
        wentUp = up;
        wentDown = !up;
        settled = next;
        if (onItsWay) {
            pause = SHORTEST_PAUSE_NANOS;
            tryOut(nowNanos);
        } else {
            rest(nowNanos);
        }
    }

    private void rest(long nowNanos) {
        trying = false;
        since = nowNanos;
        pause = Math.min(LONGEST_PAUSE_NANOS, pause * 2);
    }
}
