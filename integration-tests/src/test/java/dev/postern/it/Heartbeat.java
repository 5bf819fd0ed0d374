package dev.postern.it;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A session that asks for the same row every 20 ms, and how long it waited at most. */
final class Heartbeat implements AutoCloseable {

    private static final int INTERVAL_MILLIS = 20;

    private final RawClient client;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong longestNanos = new AtomicLong();
    private final AtomicLong answers = new AtomicLong();
    private volatile @Nullable Exception failure;

    private Heartbeat(RawClient client) {
        this.client = client;
    }

    static Heartbeat start(Endpoint agent) throws IOException {
        RawClient client = RawClient.connect(agent);
        client.query("SELECT 1").answers(1);
        Heartbeat heartbeat = new Heartbeat(client);
        var _ =
                heartbeat.thread.scheduleWithFixedDelay(
                        heartbeat::beat, 0, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        return heartbeat;
    }

    private void beat() {
        long start = System.nanoTime();
        try {
            if (client.query("SELECT 1").answers(1).stream()
                    .noneMatch(message -> message.type() == 'D')) {
                throw new IOException("no row");
            }
        } catch (IOException e) {
            failure = e;
            throw new IllegalStateException(e);
        }
        longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
        answers.incrementAndGet();
    }

    /** Ends it; returns the longest wait, in milliseconds. */
    long longestMillis() throws Exception {
        thread.shutdown();
        if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IOException("the heartbeat has stopped");
        }
        if (failure != null) {
            throw failure;
        }
        return TimeUnit.NANOSECONDS.toMillis(longestNanos.get());
    }

    /** Returns how often it was answered. */
    long answers() {
        return answers.get();
    }

    @Override
    public void close() throws IOException {
        thread.shutdownNow();
        client.close();
    }
}
