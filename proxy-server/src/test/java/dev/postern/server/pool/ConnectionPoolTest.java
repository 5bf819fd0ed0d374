package dev.postern.server.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.upstream.UpstreamConnection;
import dev.postern.server.upstream.UpstreamHost;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who gets which connection, and when. */
class ConnectionPoolTest {

    private static final UpstreamHost HOST = new UpstreamHost("db", 5432);
    private static final Duration QUEUE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(5);

    private final EmbeddedChannel control = new EmbeddedChannel();
    private final List<Promise<UpstreamConnection>> connecting = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private boolean serves = true;
    private long nanos;

    private PoolSettings settings(int max, int minIdle, int maxWaiting) {
        return new PoolSettings(
                PoolMode.TRANSACTION,
                max,
                minIdle,
                IDLE,
                QUEUE_TIMEOUT,
                SHORT,
                maxWaiting,
                Duration.ofSeconds(1),
                10,
                1000);
    }

    private ConnectionPool pool(PoolSettings settings, PoolBudget budget) {
        ConnectionPool pool =
                new ConnectionPool(
                        control.eventLoop(),
                        settings,
                        budget,
                        maxLag -> {
                            Promise<UpstreamConnection> promise = control.eventLoop().newPromise();
                            connecting.add(promise);
                            return promise;
                        },
                        host -> serves,
                        host -> !serves,
                        new SilentPoolObserver(),
                        () -> nanos);
        pool.start();
        return pool;
    }

    private void connected(int index) {
        connecting
                .get(index)
                .setSuccess(new UpstreamConnection(new EmbeddedChannel(), HOST, Map.of(), null));
        control.runPendingTasks();
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        control.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        control.runScheduledPendingTasks();
    }

    private Taker asks(ConnectionPool pool, String name, Cap... caps) {
        Taker taker = new Taker(name);
        pool.acquire(
                new Request(
                        new SessionState("", name, "", "", Map.of()),
                        UpstreamPools.Demand.NONE,
                        List.of(caps),
                        false,
                        taker,
                        nanos));
        return taker;
    }

    @Test
    void moreWaitThanThereMayBe_theyAreServedInTheirOrder() {
        ConnectionPool pool = pool(settings(1, 0, 10), new PoolBudget(1));
        Taker first = asks(pool, "first");
        asks(pool, "second");
        asks(pool, "third");
        assertThat(connecting).hasSize(1);
        connected(0);
        assertThat(told).containsExactly("first granted");
        pool.release(first.connection(), List.of());
        assertThat(told).containsExactly("first granted", "second granted");
    }

    @Test
    void capReached_theNextOfOthersIsServed() {
        ConnectionPool pool = pool(settings(2, 0, 10), new PoolBudget(2));
        Cap cap = new Cap(1);
        Taker first = asks(pool, "capped", cap);
        asks(pool, "capped too", cap);
        asks(pool, "other");
        connected(0);
        connected(1);
        assertThat(told).containsExactly("capped granted", "other granted");
        assertThat(cap.used()).isEqualTo(1);
        pool.release(first.connection(), List.of(cap));
        assertThat(told).endsWith("capped too granted");
    }

    @Test
    void waitingInVain_endsAfterItsTime() {
        ConnectionPool pool = pool(settings(1, 0, 10), new PoolBudget(1));
        asks(pool, "first");
        connected(0);
        asks(pool, "late");
        pass(QUEUE_TIMEOUT.minusMillis(200));
        assertThat(told).containsExactly("first granted");
        pass(Duration.ofMillis(400));
        assertThat(told).containsExactly("first granted", "late denied 53300");
        assertThat(pool.hasWaiting()).isFalse();
    }

    @Test
    void moreWaitThanMay_theNextIsDeniedAtOnce() {
        ConnectionPool pool = pool(settings(1, 0, 1), new PoolBudget(1));
        asks(pool, "first");
        asks(pool, "second");
        assertThat(told).containsExactly("second denied 53300");
    }

    @Test
    void connectingFails_whoAskedIsTold_andTheRoomIsFree() {
        PoolBudget budget = new PoolBudget(1);
        ConnectionPool pool = pool(settings(1, 0, 10), budget);
        asks(pool, "first");
        connecting.get(0).setFailure(new IllegalStateException("no route"));
        control.runPendingTasks();
        assertThat(told).containsExactly("first denied XX000");
        assertThat(budget.open()).isZero();
    }

    @Test
    void nobodyUsesIt_isClosedAfterItsTime_butForTheLeastNumber() {
        PoolBudget budget = new PoolBudget(5);
        ConnectionPool pool = pool(settings(5, 1, 10), budget);
        pass(Duration.ofMillis(100));
        connected(0);
        Taker first = asks(pool, "first");
        Taker second = asks(pool, "second");
        connected(1);
        pool.release(first.connection(), List.of());
        pool.release(second.connection(), List.of());
        assertThat(budget.open()).isEqualTo(2);
        pass(IDLE.plusSeconds(1));
        assertThat(budget.open()).isEqualTo(1);
    }

    @Test
    void hostServesNoMore_itsConnectionsAreClosed() {
        PoolBudget budget = new PoolBudget(5);
        ConnectionPool pool = pool(settings(5, 0, 10), budget);
        Taker first = asks(pool, "first");
        connected(0);
        pool.release(first.connection(), List.of());
        serves = false;
        pass(Duration.ofMillis(200));
        assertThat(budget.open()).isZero();
    }

    @Test
    void noRoom_anotherPoolGivesUpWhatItDoesNotUse() {
        PoolBudget budget = new PoolBudget(1);
        ConnectionPool one = pool(settings(1, 0, 10), budget);
        ConnectionPool other = pool(settings(1, 0, 10), budget);
        Taker first = asks(one, "first");
        connected(0);
        one.release(first.connection(), List.of());
        asks(other, "second");
        control.runPendingTasks();
        assertThat(connecting).hasSize(2);
        connected(1);
        assertThat(told).containsExactly("first granted", "second granted");
        assertThat(budget.open()).isEqualTo(1);
    }

    @Test
    void usedConnection_thatDoesNotBecomeAsNew_isClosed() {
        PoolBudget budget = new PoolBudget(1);
        ConnectionPool pool = pool(settings(1, 0, 10), budget);
        Taker first = asks(pool, "first");
        connected(0);
        pool.reset(first.connection(), List.of());
        assertThat(budget.open()).isEqualTo(1);
        pass(Duration.ofSeconds(2));
        assertThat(budget.open()).isZero();
    }

    @Test
    void moreAtATimeServeNoMore_fewAtATimeAreServed_butLongOnesKeepNobodyWaiting() {
        int max = 20;
        ConnectionPool pool = pool(settings(max, 0, 10_000), new PoolBudget(max));
        Deque<Taker> begun = new ArrayDeque<>();
        for (int i = 0; i < 60; i++) {
            begun.add(asks(pool, "agent"));
        }
        for (int i = 0; i < max; i++) {
            connected(i);
        }
        // One ends each 0.1 ms, however many there are at a time.
        for (int i = 0; i < 100_000; i++) {
            nanos += 100_000;
            Taker next = begun.stream().filter(Taker::isServed).findFirst().orElseThrow();
            begun.remove(next);
            begun.add(asks(pool, "agent"));
            pool.release(next.connection(), List.of());
        }
        assertThat(served(begun)).isLessThanOrEqualTo(7);
        assertThat(connecting).hasSize(max);

        // From now on none ends: after a few times what is short, all connections are in use.
        for (int i = 0; i < max; i++) {
            pass(SHORT);
        }
        assertThat(served(begun)).isEqualTo(max);
    }

    private static long served(Deque<Taker> takers) {
        return takers.stream().filter(Taker::isServed).count();
    }

    private final class Taker implements Request.Taker {

        private final String name;
        private final List<ServerConnection> got = new ArrayList<>();

        Taker(String name) {
            this.name = name;
        }

        boolean isServed() {
            return !got.isEmpty();
        }

        ServerConnection connection() {
            return got.getFirst();
        }

        @Override
        public void onGranted(ServerConnection connection) {
            got.add(connection);
            told.add(name + " granted");
        }

        @Override
        public void onDenied(Throwable cause) {
            told.add(name + " denied " + PoolException.told(cause).sqlState());
        }
    }
}
