package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.demo.PostgresServer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A {@link Cluster} whose primary is written to all the time, and which 64 clients ask. */
final class ClusterUnderLoad implements AutoCloseable {

    /** Clients whose policy takes any lag, and those whose policy has a limit. */
    static final int CLIENTS = 48;

    static final int FRESH_CLIENTS = 16;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** Machines that run tests are busy with other things as well. */
    private static final Duration BUSY_MACHINE = Duration.ofSeconds(2);

    static final Duration TWO_INTERVALS = Cluster.CHECK_INTERVAL.multipliedBy(2).plus(BUSY_MACHINE);

    private final Cluster cluster;
    private final String products;
    private final ScheduledExecutorService heart;
    private Load load = new Load();

    /** From the clients' start until each of them had its first answer. */
    private Duration beginning = Duration.ZERO;

    private ClusterUnderLoad(Cluster cluster, String products) {
        this.cluster = cluster;
        this.products = products;
        this.heart = Executors.newSingleThreadScheduledExecutor();
        var _ = heart.scheduleWithFixedDelay(this::beat, 0, 100, TimeUnit.MILLISECONDS);
    }

    /** Begins to write; the cluster is closed with this. */
    static ClusterUnderLoad on(Cluster cluster) throws SQLException {
        return new ClusterUnderLoad(
                cluster,
                Sql.one(Cluster.superuser(cluster.primary()), "SELECT count(*) FROM products"));
    }

    private void beat() {
        try {
            Sql.execute(
                    Cluster.superuser(cluster.primary()),
                    "INSERT INTO beat VALUES (clock_timestamp())");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Cluster cluster() {
        return cluster;
    }

    Load load() {
        return load;
    }

    /** Starts the clients and returns when all have begun to get answers. */
    void startLoad() throws Exception {
        awaitServing(cluster.standby(0));
        if (!isPromoted(cluster.standby(1))) {
            awaitServing(cluster.standby(1));
        }
        Duration stalest = Cluster.MAX_LAG.plus(Cluster.CHECK_INTERVAL).plus(BUSY_MACHINE);
        load =
                new Load()
                        .start(cluster.agent("any"), CLIENTS, products, Duration.ofSeconds(-1))
                        .start(cluster.agent("fresh"), FRESH_CLIENTS, products, stalest);
        long started = System.nanoTime();
        assertThat(Eventually.get(PATIENCE, load::fewestAnswers, answers -> answers > 0))
                .isPositive();
        beginning = Duration.ofNanos(System.nanoTime() - started);
        int some = 20;
        assertThat(Eventually.get(PATIENCE, load::fewestAnswers, answers -> answers > some))
                .isGreaterThan(some);
        load.mark();
    }

    /**
     * Returns how long a client may be without an answer when a host no longer says anything: until
     * that is noticed, and then until all have connected anew, which takes as long as it took at
     * first.
     */
    Duration untilServedAnew() {
        Duration noticed = Cluster.CHECK_INTERVAL.multipliedBy(2).plus(Cluster.CHECK_TIMEOUT);
        return noticed.plus(beginning.compareTo(BUSY_MACHINE) > 0 ? beginning : BUSY_MACHINE);
    }

    /** Ends the clients; none may have seen what was wrong, or written. */
    void endLoad() throws Exception {
        load.end();
        assertThat(load.violations()).isEmpty();
        assertThat(
                        Sql.one(
                                Cluster.superuser(cluster.primary()),
                                "SELECT count(*) FROM beat WHERE at < '2001-01-01'"))
                .isEqualTo("0");
    }

    private static boolean isPromoted(PostgresServer server) throws SQLException {
        return Sql.one(Cluster.superuser(server), "SELECT pg_is_in_recovery()").equals("f");
    }

    void awaitServing(PostgresServer server) throws Exception {
        assertThat(Eventually.get(PATIENCE, () -> cluster.serves(server), serves -> serves))
                .isTrue();
    }

    /** Waits until Postern has left a server, within a limit. */
    void awaitLeft(PostgresServer server, Duration limit) throws Exception {
        long start = System.nanoTime();
        assertThat(Eventually.get(PATIENCE, () -> cluster.serves(server), serves -> !serves))
                .isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
    }

    /** Waits until Postern has left a server; no client may have waited longer than the limit. */
    void awaitLeftUnnoticed(PostgresServer server, Duration limit) throws Exception {
        awaitLeft(server, limit);
        pass(Cluster.CHECK_INTERVAL);
        assertThat(load.longestGap()).isLessThan(limit);
    }

    static void pass(Duration time) throws Exception {
        Eventually.get(time, () -> false, over -> over);
    }

    @Override
    public void close() throws IOException {
        heart.shutdownNow();
        cluster.close();
    }
}
