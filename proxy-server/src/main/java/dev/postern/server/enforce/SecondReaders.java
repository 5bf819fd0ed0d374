package dev.postern.server.enforce;

import dev.postern.protocol.SqlText;
import dev.postern.server.enforce.GateObserver.SecondReaderResult;
import dev.postern.sql.SecondReader;
import dev.postern.sql.SecondReader.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads of the second reader. A text that does not find one free goes without its vote. */
final class SecondReaders implements AutoCloseable {

    /** Deep expressions are read by deep recursion. */
    private static final long STACK_BYTES = 4L << 20;

    private final ThreadPoolExecutor threads;
    private final Duration time;

    SecondReaders(int threadCount, Duration time) {
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(
                        threadCount,
                        threadCount,
                        1,
                        TimeUnit.MINUTES,
                        new ArrayBlockingQueue<>(threadCount),
                        task -> {
                            Thread thread =
                                    new Thread(
                                            null,
                                            task,
                                            "postern-second-reader-" + number.incrementAndGet(),
                                            STACK_BYTES);
                            thread.setDaemon(true);
                            return thread;
                        });
        this.time = time;
    }

    /** A vote that is being formed. */
    final class Vote {

        private final @Nullable SecondReader reader;
        private final @Nullable Future<Reading> reading;

        private Vote(@Nullable SecondReader reader, @Nullable Future<Reading> reading) {
            this.reader = reader;
            this.reading = reading;
        }

        /** Gives up on the vote. */
        void cancel() {
            if (reader != null && reading != null) {
                reader.cancel();
                reading.cancel(false);
            }
        }

        /**
         * Returns the reading, {@code null} if there is none within the time; then {@link
         * #withoutReading} says why.
         */
        @Nullable Reading await() throws InterruptedException {
            if (reading == null) {
                return null;
            }
            try {
                return reading.get(time.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                cancel();
                return null;
            } catch (ExecutionException e) {
                return new Reading.Unreadable();
            }
        }

        SecondReaderResult withoutReading() {
            return reading == null ? SecondReaderResult.SKIPPED : SecondReaderResult.TIMEOUT;
        }
    }

    /** Begins to read a text that is known to be UTF-8. */
    Vote begin(SqlText text) {
        if (!SecondReader.takes(text)) {
            return new Vote(null, null);
        }
        SecondReader reader = new SecondReader(new String(text.bytes(), StandardCharsets.UTF_8));
        FutureTask<Reading> reading = new FutureTask<>(reader::read);
        try {
            threads.execute(reading);
        } catch (RejectedExecutionException e) {
            return new Vote(null, null);
        }
        return new Vote(reader, reading);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
