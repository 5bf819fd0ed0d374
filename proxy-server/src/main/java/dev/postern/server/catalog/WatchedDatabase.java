package dev.postern.server.catalog;

import dev.postern.catalog.Catalog;
import dev.postern.server.upstream.JdbcConnections;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database: its snapshot, and when to look at it next. At most one look is under way. Safe for
 * use by any thread; only looks block.
 */
final class WatchedDatabase {

    private static final Logger LOG = LoggerFactory.getLogger(WatchedDatabase.class);

    /** After the first failure; twice as long after each that follows. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    private static final Duration MAX_RETRY_INTERVAL = Duration.ofSeconds(30);
    private static final int MAX_DOUBLINGS = 5;

    /**
     * A look is followed by a pause of this many times what it took, however often something
     * changes or is asked for: a large catalog must not keep its server busy.
     */
    private static final int PAUSE_FACTOR = 4;

    private final DatabaseKey key;
    private final CatalogSource source;
    private final CatalogSettings settings;
    private final CatalogObserver observer;
    private final ScheduledExecutorService executor;
    private final LongSupplier nanoTime;
    private final CompletableFuture<Boolean> firstLook = new CompletableFuture<>();

    private volatile @Nullable Held held;
    private volatile @Nullable String trouble;

    // Guarded by this.
    private List<CompletableFuture<@Nullable Catalog>> waiting = new ArrayList<>();

    /** Asked while a look was under way, which may have begun before what they miss was made. */
    private List<CompletableFuture<@Nullable Catalog>> later = new ArrayList<>();

    private @Nullable ScheduledFuture<?> next;
    private boolean looking;
    private boolean looked;
    private boolean stopped;
    private long lookedAt;
    private long lookTook;
    private int failures;

    /**
     * A snapshot.
     *
     * @param confirmedAt when the look began that last found it to be so, in nanoseconds
     */
    private record Held(String fingerprint, Catalog catalog, long confirmedAt) {}

    WatchedDatabase(
            DatabaseKey key,
            CatalogSource source,
            CatalogSettings settings,
            CatalogObserver observer,
            ScheduledExecutorService executor,
            LongSupplier nanoTime) {
        this.key = key;
        this.source = source;
        this.settings = settings;
        this.observer = observer;
        this.executor = executor;
        this.nanoTime = nanoTime;
    }

    DatabaseKey key() {
        return key;
    }

    @Nullable Catalog current() {
        Held now = held;
        return now == null ? null : now.catalog();
    }

    /** Returns how long ago the snapshot was last known to be so, in seconds; NaN without one. */
    double ageSeconds() {
        Held now = held;
        return now == null ? Double.NaN : (nanoTime.getAsLong() - now.confirmedAt()) / 1e9;
    }

    /** Returns why there is no snapshot, {@code null} if there is one. */
    @Nullable String trouble() {
        if (held != null) {
            return null;
        }
        String why = trouble;
        return "catalog of "
                + key.database()
                + " on upstream "
                + key.upstream()
                + (why == null ? " is not read yet" : " cannot be read: " + why);
    }

    /** Completes when the first look is over, whatever came of it. */
    CompletableFuture<Boolean> firstLook() {
        return firstLook;
    }

    synchronized void start() {
        schedule(Duration.ZERO);
    }

    /**
     * Looks as soon as the last look is not too recent.
     *
     * @return completes with the snapshot after a look that has begun later than this call, {@code
     *     null} if there is none; never with an exception. Completed with the present one if that
     *     look is not due within the longest wait; without a present one, after whichever look
     *     comes first, or at once if none is due now
     */
    synchronized CompletableFuture<@Nullable Catalog> lookAgain() {
        Duration due = untilDue();
        Duration longest = held == null ? Duration.ZERO : settings.maxWait();
        if (stopped || (!looking && due.compareTo(longest) > 0)) {
            return CompletableFuture.completedFuture(current());
        }
        if (!looking && waiting.isEmpty()) {
            schedule(due);
        }
        CompletableFuture<@Nullable Catalog> answer = new CompletableFuture<>();
        (looking && held != null ? later : waiting).add(answer);
        return answer;
    }

    /** Returns how long it still is until a look may begin that is asked for. */
    private Duration untilDue() {
        if (!looked) {
            return Duration.ZERO;
        }
        long interval = Math.max(settings.minInterval().toNanos(), lookTook * (PAUSE_FACTOR + 1));
        return Duration.ofNanos(Math.max(0, lookedAt + interval - nanoTime.getAsLong()));
    }

    void stop() {
        List<CompletableFuture<@Nullable Catalog>> answers;
        synchronized (this) {
            stopped = true;
            cancelNext();
            answers = takeWaiting();
            answers.addAll(takeWaiting());
        }
        answer(answers);
        firstLook.complete(false);
    }

    private void schedule(Duration delay) {
        cancelNext();
        if (!stopped) {
            next = executor.schedule(this::look, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void cancelNext() {
        ScheduledFuture<?> pending = next;
        next = null;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    /** Whoever came too late for the look that is over waits for the next. */
    private List<CompletableFuture<@Nullable Catalog>> takeWaiting() {
        List<CompletableFuture<@Nullable Catalog>> taken = waiting;
        waiting = later;
        later = new ArrayList<>();
        return taken;
    }

    private void answer(List<CompletableFuture<@Nullable Catalog>> answers) {
        Catalog now = current();
        answers.forEach(waiter -> waiter.complete(now));
    }

    private void look() {
        synchronized (this) {
            if (looking || stopped) {
                return;
            }
            looking = true;
            looked = true;
            lookedAt = nanoTime.getAsLong();
        }
        Duration delay = MAX_RETRY_INTERVAL;
        try {
            delay = ask();
        } catch (RuntimeException | Error e) {
            LOG.error(
                    "catalog not read: upstream={} database={}", key.upstream(), key.database(), e);
            failed(e.toString());
        } finally {
            goOn(delay);
        }
    }

    /** Returns after which time to look again. */
    private Duration ask() {
        Held before = held;
        try {
            CatalogReader.Look look =
                    source.look(key, before == null ? null : before.fingerprint());
            Catalog catalog = look.catalog();
            if (catalog == null && before != null) {
                catalog = before.catalog();
                observer.looked(CatalogObserver.Result.UNCHANGED);
            } else if (catalog == null) {
                throw new SQLException("nothing was read");
            } else {
                observer.looked(CatalogObserver.Result.READ);
                LOG.info(
                        "catalog read: upstream={} database={} version={} objects={}",
                        key.upstream(),
                        key.database(),
                        catalog.version(),
                        catalog.size());
            }
            held = new Held(look.fingerprint(), catalog, lookedAt);
            trouble = null;
            failures = 0;
            return settings.refreshInterval();
        } catch (NoHostException e) {
            // Who has no host is looked after elsewhere, and asking again costs nothing.
            failed(String.valueOf(e.getMessage()));
            return RETRY_INTERVAL;
        } catch (CatalogTooLargeException e) {
            // What it was before is no longer so; who finds it gone finds out why.
            failed(String.valueOf(e.getMessage()));
            held = null;
        } catch (SQLException e) {
            failed(JdbcConnections.words(e));
        }
        Duration backOff = RETRY_INTERVAL.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
        failures++;
        return backOff.compareTo(MAX_RETRY_INTERVAL) < 0 ? backOff : MAX_RETRY_INTERVAL;
    }

    private void failed(String why) {
        observer.looked(CatalogObserver.Result.FAILED);
        if (!kind(why).equals(kind(trouble)) && !stopped) {
            LOG.warn(
                    "catalog cannot be read: upstream={} database={} error={}",
                    key.upstream(),
                    key.database(),
                    why);
        }
        trouble = why;
    }

    /** Without its numbers, so that what is the same but for them is logged once. */
    private static String kind(@Nullable String trouble) {
        return trouble == null ? "" : trouble.replaceAll("[0-9]+", "#");
    }

    private void goOn(Duration delay) {
        List<CompletableFuture<@Nullable Catalog>> answers;
        synchronized (this) {
            looking = false;
            lookTook = nanoTime.getAsLong() - lookedAt;
            Duration pause = Duration.ofNanos(lookTook).multipliedBy(PAUSE_FACTOR);
            answers = takeWaiting();
            Duration due = untilDue();
            if (due.compareTo(settings.maxWait()) > 0) {
                answers.addAll(takeWaiting());
            }
            if (waiting.isEmpty()) {
                schedule(delay.compareTo(pause) < 0 ? pause : delay);
            } else {
                schedule(due);
            }
        }
        firstLook.complete(true);
        answer(answers);
    }
}
