package dev.postern.server.catalog;

import dev.postern.catalog.Catalog;
import dev.postern.server.upstream.ProbeTarget;
import dev.postern.server.upstream.UpstreamProbe;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The catalogs of all databases that policies open, each read in the background on threads of its
 * own, and looked at again on an interval and when somebody asks. A look that finds nothing changed
 * costs one query. Safe for use by any thread; nothing here blocks but {@link #awaitFirstLooks}.
 */
public final class CatalogService implements AutoCloseable {

    private static final int THREADS = 2;

    private final CatalogSource source;
    private final CatalogSettings settings;
    private final CatalogObserver observer;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService executor;
    private volatile Map<DatabaseKey, WatchedDatabase> databases = Map.of();

    CatalogService(
            CatalogSource source,
            CatalogSettings settings,
            CatalogObserver observer,
            LongSupplier nanoTime) {
        this.source = source;
        this.settings = settings;
        this.observer = observer;
        this.nanoTime = nanoTime;
        ScheduledThreadPoolExecutor threads =
                new ScheduledThreadPoolExecutor(
                        THREADS,
                        Thread.ofPlatform().name("catalog-", 0).daemon().factory(),
                        new ThreadPoolExecutor.DiscardPolicy());
        threads.setRemoveOnCancelPolicy(true);
        executor = threads;
    }

    /**
     * Makes a service that reads from the hosts that the probe finds fit, and begins with the
     * targets' databases.
     */
    public static CatalogService start(
            List<ProbeTarget> targets,
            UpstreamProbe probe,
            CatalogSettings settings,
            CatalogObserver observer,
            LongSupplier nanoTime) {
        CatalogService service =
                new CatalogService(
                        new UpstreamCatalogSource(targets, probe, settings.limits()),
                        settings,
                        observer,
                        nanoTime);
        service.watch(
                targets.stream()
                        .flatMap(target ->
                                target.databases().stream()
                                        .map(database -> new DatabaseKey(target.name(), database)))
                        .toList());
        return service;
    }

    /**
     * Begins with databases that are new among these, and forgets those that are not among them.
     * What belongs to no upstream of the service is left out.
     */
    public synchronized void watch(Collection<DatabaseKey> keys) {
        Map<DatabaseKey, WatchedDatabase> before = databases;
        Map<DatabaseKey, WatchedDatabase> after = new LinkedHashMap<>();
        for (DatabaseKey key : keys) {
            WatchedDatabase known = before.get(key);
            if (!source.knows(key.upstream())) {
                continue;
            }
            if (known != null) {
                after.put(key, known);
            } else if (!after.containsKey(key)) {
                WatchedDatabase added =
                        new WatchedDatabase(key, source, settings, observer, executor, nanoTime);
                after.put(key, added);
                added.start();
            }
        }
        databases = after;
        before.forEach((key, database) -> {
            if (!after.containsKey(key)) {
                database.stop();
            }
        });
    }

    /** Returns the databases that are looked after. */
    public List<DatabaseKey> databases() {
        return List.copyOf(databases.keySet());
    }

    /**
     * Waits until every database has been looked at once, for some time: until then nothing is
     * known of them.
     */
    public void awaitFirstLooks(Duration atMost) {
        CompletableFuture<?> all =
                CompletableFuture.allOf(
                        databases.values().stream()
                                .map(WatchedDatabase::firstLook)
                                .toArray(CompletableFuture<?>[]::new));
        all.completeOnTimeout(null, atMost.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    /** Returns the present snapshot of a database, {@code null} if there is none. */
    public @Nullable Catalog current(String upstream, String database) {
        WatchedDatabase watched = databases.get(new DatabaseKey(upstream, database));
        return watched == null ? null : watched.current();
    }

    /**
     * Has a database looked at again, at once, because a text names what its snapshot does not
     * have. Looks have a minimum distance: whoever asks too early gets the present snapshot.
     *
     * @return completes with the snapshot after the look, {@code null} if there is none; never with
     *     an exception. Continuations run on the service's threads, where they must not block
     */
    public CompletableFuture<@Nullable Catalog> lookAgain(String upstream, String database) {
        WatchedDatabase watched = databases.get(new DatabaseKey(upstream, database));
        return watched == null ? CompletableFuture.completedFuture(null) : watched.lookAgain();
    }

    /**
     * Returns how long ago a database's snapshot was last found to be up to date, in seconds; NaN
     * if there is none.
     */
    public double ageSeconds(DatabaseKey key) {
        WatchedDatabase watched = databases.get(key);
        return watched == null ? Double.NaN : watched.ageSeconds();
    }

    /** Returns one sentence for each database without a snapshot: what {@code /readyz} says. */
    public List<String> troubles() {
        return databases.values().stream()
                .map(WatchedDatabase::trouble)
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
    }

    @Override
    public synchronized void close() {
        executor.shutdownNow();
        databases.values().forEach(WatchedDatabase::stop);
        source.close();
    }
}
