package dev.postern.server.enforce;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts a thread that has spent more processor time, or much more time, on one text than it
 * may.
 */
final class TimeLimit implements AutoCloseable {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final ScheduledThreadPoolExecutor watchdog;
    private final LongSupplier nanoTime;
    private final long cpuNanos;
    private final long wallNanos;

    TimeLimit(Duration cpuTime, Duration wallTime, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.cpuNanos = cpuTime.toNanos();
        this.wallNanos = wallTime.toNanos();
        this.watchdog =
                new ScheduledThreadPoolExecutor(
                        1,
                        task -> {
                            Thread thread = new Thread(task, "postern-gate-watchdog");
                            thread.setDaemon(true);
                            return thread;
                        });
        watchdog.setRemoveOnCancelPolicy(true);
    }

    /** Begins to watch the current thread; it must call {@link Watch#end}. */
    Watch begin() {
        Watch watch =
                new Watch(
                        Thread.currentThread(),
                        cpuOf(Thread.currentThread()),
                        nanoTime.getAsLong());
        watch.again(cpuNanos);
        return watch;
    }

    private static long cpuOf(Thread thread) {
        return THREADS.isThreadCpuTimeSupported()
                ? THREADS.getThreadCpuTime(thread.threadId())
                : -1;
    }

    @Override
    public void close() {
        watchdog.shutdownNow();
    }

    /** A thread at work on one text. */
    final class Watch implements Runnable {

        private final Thread thread;
        private final long cpuAtBegin;
        private final long wallAtBegin;
        private @Nullable ScheduledFuture<?> next;
        private boolean ended;

        private Watch(Thread thread, long cpuAtBegin, long wallAtBegin) {
            this.thread = thread;
            this.cpuAtBegin = cpuAtBegin;
            this.wallAtBegin = wallAtBegin;
        }

        private synchronized void again(long afterNanos) {
            next = watchdog.schedule(this, afterNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public synchronized void run() {
            if (ended) {
                return;
            }
            long wall = nanoTime.getAsLong() - wallAtBegin;
            long cpu = cpuAtBegin < 0 ? wall : cpuOf(thread) - cpuAtBegin;
            if (cpu >= cpuNanos || wall >= wallNanos) {
                thread.interrupt();
            } else {
                again(Math.min(cpuNanos - cpu, wallNanos - wall));
            }
        }

        /** The text is done: no interrupt comes after this, and one that came is cleared. */
        synchronized void end() {
            ended = true;
            if (next != null) {
                next.cancel(false);
            }
            Thread.interrupted();
        }
    }
}
