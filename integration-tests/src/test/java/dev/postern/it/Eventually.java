package dev.postern.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what comes true a moment later. */
final class Eventually {

    private static final Duration POLL = Duration.ofMillis(25);

    private Eventually() {}

    /** Returns the first value that fits, or, when the time is over, the last that did not. */
    static <T> T get(Duration patience, Callable<T> source, Predicate<T> fits) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        T value = source.call();
        while (!fits.test(value) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(POLL.toNanos());
            value = source.call();
        }
        return value;
    }
}
