package dev.postern.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.SearchPath;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When databases are looked at, and what is known then. */
@Timeout(30)
final class CatalogServiceTest {

    private static final DatabaseKey SHOP = new DatabaseKey("main", "shop");
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final CatalogLimits LIMITS = new CatalogLimits(1, 1, 1, SECOND);

    private final FakeSource source = new FakeSource();
    private final List<CatalogObserver.Result> results = new CopyOnWriteArrayList<>();
    private @Nullable CatalogService service;

    /** A database whose content is a word. */
    private static final class FakeSource implements CatalogSource {

        private final AtomicInteger looks = new AtomicInteger();
        private final AtomicInteger reads = new AtomicInteger();
        private volatile String content = "first";
        private volatile @Nullable Exception failure;
        private volatile @Nullable CountDownLatch gate;
        private volatile boolean closed;

        @Override
        public CatalogReader.Look look(DatabaseKey database, @Nullable String known)
                throws SQLException, CatalogTooLargeException, NoHostException {
            looks.incrementAndGet();
            CountDownLatch latch = gate;
            if (latch != null) {
                await(latch);
            }
            switch (failure) {
                case null -> {}
                case SQLException e -> throw e;
                case CatalogTooLargeException e -> throw e;
                case NoHostException e -> throw e;
                case RuntimeException e -> throw e;
                case Exception e -> throw new IllegalArgumentException(e);
            }
            String now = content;
            if (now.equals(known)) {
                return new CatalogReader.Look(now, null);
            }
            reads.incrementAndGet();
            Catalog.Source from = new Catalog.Source(now, "reader", 18);
            return new CatalogReader.Look(
                    now, new Catalog.Builder(from, SearchPath.SYSTEM).build());
        }

        private static void await(CountDownLatch latch) throws SQLException {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new SQLException(e);
            }
        }

        @Override
        public boolean knows(String upstream) {
            return upstream.equals("main");
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private CatalogService start(Duration refreshInterval, Duration minInterval) {
        return start(refreshInterval, minInterval, Duration.ofSeconds(10));
    }

    private CatalogService start(Duration refreshInterval, Duration minInterval, Duration maxWait) {
        CatalogService started =
                new CatalogService(
                        source,
                        new CatalogSettings(refreshInterval, minInterval, maxWait, LIMITS),
                        results::add,
                        System::nanoTime);
        service = started;
        started.watch(List.of(SHOP));
        return started;
    }

    private static @Nullable String content(CatalogService service) {
        Catalog catalog = service.current("main", "shop");
        return catalog == null ? null : catalog.source().database();
    }

    private static @Nullable String contentAfterLook(CatalogService service) throws Exception {
        Catalog catalog = service.lookAgain("main", "shop").get(10, TimeUnit.SECONDS);
        return catalog == null ? null : catalog.source().database();
    }

    private static void eventually(String what, java.util.function.BooleanSupplier condition)
            throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @AfterEach
    void close() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void start_readsInTheBackground() {
        CatalogService catalogs = start(HOUR, HOUR);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));

        assertThat(content(catalogs)).isEqualTo("first");
        assertThat(catalogs.troubles()).isEmpty();
        assertThat(catalogs.ageSeconds(SHOP)).isBetween(0.0, 10.0);
        assertThat(catalogs.databases()).containsExactly(SHOP);
        assertThat(catalogs.current("main", "other")).isNull();
        assertThat(results).containsExactly(CatalogObserver.Result.READ);
    }

    @Test
    void beforeTheFirstLookIsOver_nothingIsKnown_andItIsSaid() {
        source.gate = new CountDownLatch(1);
        CatalogService catalogs = start(HOUR, HOUR);

        assertThat(content(catalogs)).isNull();
        assertThat(catalogs.ageSeconds(SHOP)).isNaN();
        assertThat(catalogs.troubles())
                .containsExactly("catalog of shop on upstream main is not read yet");
        catalogs.awaitFirstLooks(Duration.ofMillis(20));
        assertThat(content(catalogs)).isNull();
    }

    @Test
    void interval_findsChanges_andReadsOnlyThen() throws Exception {
        CatalogService catalogs = start(Duration.ofMillis(10), HOUR);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        Catalog first = catalogs.current("main", "shop");
        eventually("looks", () -> source.looks.get() > 3);
        assertThat(catalogs.current("main", "shop")).isSameAs(first);
        assertThat(source.reads).hasValue(1);

        source.content = "second";
        eventually("change", () -> "second".equals(content(catalogs)));
        assertThat(Objects.requireNonNull(catalogs.current("main", "shop")).version())
                .isGreaterThan(Objects.requireNonNull(first).version());
        assertThat(source.reads).hasValue(2);
        assertThat(results).contains(CatalogObserver.Result.UNCHANGED);
    }

    @Test
    void lookAgain_findsChangesAtOnce() throws Exception {
        CatalogService catalogs = start(HOUR, Duration.ZERO);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        source.content = "second";
        eventually("pause", () -> "second".equals(get(catalogs)));
    }

    private static @Nullable String get(CatalogService catalogs) {
        try {
            return contentAfterLook(catalogs);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void lookAgain_early_waitsUntilALookIsDue() throws Exception {
        CatalogService catalogs = start(HOUR, Duration.ofMillis(300));
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        source.content = "second";

        CompletableFuture<@Nullable Catalog> one = catalogs.lookAgain("main", "shop");
        CompletableFuture<@Nullable Catalog> two = catalogs.lookAgain("main", "shop");

        assertThat(one.get(10, TimeUnit.SECONDS))
                .isNotNull()
                .satisfies(catalog -> assertThat(catalog.source().database()).isEqualTo("second"));
        assertThat(two.get(10, TimeUnit.SECONDS)).isSameAs(one.join());
        assertThat(source.looks).hasValue(2);
    }

    @Test
    void lookAgain_whileALookIsUnderWay_isAnsweredByOneThatBeginsLater() throws Exception {
        CatalogService catalogs = start(HOUR, Duration.ofMillis(100));
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        CountDownLatch latch = new CountDownLatch(1);
        source.gate = latch;
        CompletableFuture<@Nullable Catalog> one = catalogs.lookAgain("main", "shop");
        eventually("look", () -> source.looks.get() == 2);
        CompletableFuture<@Nullable Catalog> two = catalogs.lookAgain("main", "shop");
        assertThat(two).isNotDone();

        latch.countDown();

        assertThat(one.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(two.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(source.looks).hasValue(3);
    }

    @Test
    void lookAgain_whileALookIsUnderWay_nextIsTooFarOff_isAnsweredByIt() throws Exception {
        CatalogService catalogs = start(HOUR, Duration.ofMillis(100), Duration.ofMillis(50));
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        TimeUnit.MILLISECONDS.sleep(150);
        CountDownLatch latch = new CountDownLatch(1);
        source.gate = latch;
        CompletableFuture<@Nullable Catalog> one = catalogs.lookAgain("main", "shop");
        eventually("look", () -> source.looks.get() == 2);
        CompletableFuture<@Nullable Catalog> two = catalogs.lookAgain("main", "shop");
        // A long look makes the next one due later still.
        TimeUnit.MILLISECONDS.sleep(200);

        latch.countDown();

        assertThat(one.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(two.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(source.looks).hasValue(2);
    }

    @Test
    void lookAgain_tooEarly_givesWhatIsThere() throws Exception {
        CatalogService catalogs = start(HOUR, HOUR);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        source.content = "second";

        for (int i = 0; i < 100; i++) {
            CompletableFuture<@Nullable Catalog> answer = catalogs.lookAgain("main", "shop");
            assertThat(answer).isDone();
        }
        assertThat(contentAfterLook(catalogs)).isEqualTo("first");
        assertThat(source.looks).hasValue(1);
    }

    @Test
    void lookAgain_whileALookIsUnderWay_waitsForIt() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        source.gate = latch;
        CatalogService catalogs = start(HOUR, HOUR);
        eventually("look", () -> source.looks.get() == 1);
        CompletableFuture<@Nullable Catalog> one = catalogs.lookAgain("main", "shop");
        CompletableFuture<@Nullable Catalog> two = catalogs.lookAgain("main", "shop");
        assertThat(one).isNotDone();

        latch.countDown();

        assertThat(one.get(10, TimeUnit.SECONDS))
                .isNotNull()
                .isSameAs(two.get(10, TimeUnit.SECONDS));
        assertThat(source.looks).hasValue(1);
    }

    @Test
    void failure_isSaid_andTriedAgain() throws Exception {
        source.failure = new SQLException("no\n  such thing", "42501");
        CatalogService catalogs = start(HOUR, HOUR);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        assertThat(catalogs.troubles())
                .containsExactly(
                        "catalog of shop on upstream main cannot be read: no such thing (SQLSTATE 42501)");
        assertThat(results).containsExactly(CatalogObserver.Result.FAILED);

        source.failure = null;
        eventually("recovery", () -> catalogs.troubles().isEmpty());
        assertThat(content(catalogs)).isEqualTo("first");
    }

    @Test
    void failureAfterSuccess_keepsWhatWasRead() throws Exception {
        CatalogService catalogs = start(Duration.ofMillis(10), HOUR);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        source.failure = new SQLException("gone", "08006");
        eventually("failure", () -> results.contains(CatalogObserver.Result.FAILED));

        assertThat(content(catalogs)).isEqualTo("first");
        assertThat(catalogs.troubles()).isEmpty();
    }

    @Test
    void catalogThatBecomesTooLarge_isNoLongerThere() throws Exception {
        CatalogService catalogs = start(Duration.ofMillis(10), HOUR);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        source.failure = new CatalogTooLargeException("it holds too much");
        eventually("failure", () -> content(catalogs) == null);

        assertThat(catalogs.troubles())
                .containsExactly(
                        "catalog of shop on upstream main cannot be read: it holds too much");
    }

    @Test
    void bug_isAFailureLikeOthers() throws Exception {
        source.failure = new IllegalStateException("bug");
        CatalogService catalogs = start(HOUR, HOUR);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));

        assertThat(catalogs.troubles()).hasSize(1);
        assertThat(contentAfterLook(catalogs)).isNull();
    }

    @Test
    void upstreamWithoutHosts_isAskedForAgainSoon() throws Exception {
        source.failure = new NoHostException();
        CatalogService catalogs = start(HOUR, HOUR);
        eventually("retries", () -> source.looks.get() >= 3);
        assertThat(catalogs.troubles()).hasSize(1);
    }

    @Test
    void watch_addsAndForgets() {
        CatalogService catalogs = start(HOUR, HOUR);
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        Catalog before = catalogs.current("main", "shop");
        DatabaseKey other = new DatabaseKey("main", "other");

        catalogs.watch(List.of(SHOP, other, new DatabaseKey("unknown", "shop")));
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        assertThat(catalogs.databases()).containsExactly(SHOP, other);
        assertThat(catalogs.current("main", "other")).isNotNull();
        assertThat(catalogs.current("main", "shop")).isSameAs(before);

        catalogs.watch(List.of(other));
        assertThat(catalogs.current("main", "shop")).isNull();
        assertThat(catalogs.lookAgain("main", "shop")).isCompletedWithValue(null);
    }

    @Test
    void close_answersWhoWaits_andLooksNoMore() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        source.gate = latch;
        CatalogService catalogs = start(HOUR, HOUR);
        CompletableFuture<@Nullable Catalog> answer = catalogs.lookAgain("main", "shop");

        catalogs.close();

        assertThat(answer.get(10, TimeUnit.SECONDS)).isNull();
        assertThat(source.closed).isTrue();
        catalogs.awaitFirstLooks(Duration.ofSeconds(10));
        assertThat(catalogs.lookAgain("main", "shop")).isDone();
        latch.countDown();
        assertThat(source.looks).hasValueLessThanOrEqualTo(1);
    }
}
