package dev.postern.it;

import static dev.postern.it.ClusterUnderLoad.CLIENTS;
import static dev.postern.it.ClusterUnderLoad.FRESH_CLIENTS;
import static dev.postern.it.ClusterUnderLoad.TWO_INTERVALS;
import static dev.postern.it.ClusterUnderLoad.pass;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.postern.server.demo.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Standbys hang, die, lag and are promoted under load: no wrong answer, no write, no client that
 * hangs, and all goes on within two probe intervals.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FailoverIT {

    @SuppressWarnings("NullAway.Init")
    private static ClusterUnderLoad under;

    @SuppressWarnings("NullAway.Init")
    private static Cluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = Cluster.start();
        under = ClusterUnderLoad.on(cluster);
    }

    @AfterAll
    static void stop() throws Exception {
        under.close();
    }

    @BeforeEach
    void startLoad() throws Exception {
        under.startLoad();
    }

    @AfterEach
    void nothingWasWrong() throws Exception {
        under.endLoad();
    }

    @Test
    @Order(1)
    void equalHosts_shareTheSessions() throws Exception {
        for (int i = 0; i < 2; i++) {
            assertThat(sessions(cluster.standby(i)))
                    .isBetween(CLIENTS / 2, CLIENTS + FRESH_CLIENTS - CLIENTS / 2);
        }
        assertThat(sessions(cluster.primary())).isZero();
    }

    private static int sessions(PostgresServer server) throws SQLException {
        return Integer.parseInt(
                Sql.one(
                        Cluster.superuser(server),
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('postern/any', 'postern/fresh', 'PostgreSQL JDBC Driver') AND usename = 'postern_reader'"));
    }

    @Test
    @Order(2)
    void replayPaused_sessionsOfTheFreshPolicyMoveAndOthersStay() throws Exception {
        Endpoint late = Cluster.superuser(cluster.standby(1));
        Sql.execute(late, "SELECT pg_wal_replay_pause()");
        try {
            pass(Cluster.MAX_LAG.plus(Cluster.CHECK_INTERVAL.multipliedBy(2)));
            assertThat(under.load().longestGap()).isLessThan(TWO_INTERVALS);
            // Whoever had sent a part of a statement when the host fell behind is told so.
            assertThat(under.load().errors().keySet()).isSubsetOf("57P03");
            assertThat(under.load().errors().getOrDefault("57P03", 0)).isBetween(0, FRESH_CLIENTS);
            assertThat(cluster.serves(cluster.standby(1))).isTrue();
            for (int i = 0; i < 6; i++) {
                assertThat(Sql.one(cluster.agent("fresh"), "SELECT inet_server_port()"))
                        .isEqualTo(Integer.toString(cluster.standby(0).port()));
            }
        } finally {
            Sql.execute(late, "SELECT pg_wal_replay_resume()");
        }
        assertThat(cluster.auditLines())
                .anyMatch(line ->
                        line.contains("\"type\":\"statement_completed\"")
                                && line.contains("\"lag_ms\":"));
    }

    @Test
    @Order(3)
    void replayPausedEverywhere_freshPolicyIsRefusedInWords() throws Exception {
        for (int i = 0; i < 2; i++) {
            Sql.execute(Cluster.superuser(cluster.standby(i)), "SELECT pg_wal_replay_pause()");
        }
        SQLException refusal;
        try {
            pass(Cluster.MAX_LAG.plus(Cluster.CHECK_INTERVAL.multipliedBy(2)));
            refusal =
                    catchThrowableOfType(
                            SQLException.class, () -> cluster.agent("fresh").connect().close());
            assertThat(Sql.one(cluster.agent("any"), "SELECT 1")).isEqualTo("1");
        } finally {
            for (int i = 0; i < 2; i++) {
                Sql.execute(Cluster.superuser(cluster.standby(i)), "SELECT pg_wal_replay_resume()");
            }
        }
        assertThat(refusal.getSQLState()).isEqualTo("57P03");
        assertThat(refusal.getMessage())
                .contains("its replay is ")
                .contains("s behind, more than the 2.0 s that max_lag allows (2 of 3 servers)")
                .contains("it is a primary and allow_primary is not set (1 of 3 servers)");
        pass(TWO_INTERVALS);
        under.load().mark();
        pass(Cluster.CHECK_INTERVAL);
        assertThat(under.load().longestGap()).isLessThan(TWO_INTERVALS);
    }

    @Test
    @Order(4)
    void standbyHangs_sessionsAreServedByTheOther() throws Exception {
        Cluster.signal(cluster.standby(1), "STOP");
        try {
            under.awaitLeftUnnoticed(cluster.standby(1), under.untilServedAnew());
            assertThat(under.load().errors()).containsKey("08006");
        } finally {
            Cluster.signal(cluster.standby(1), "CONT");
        }
        under.awaitServing(cluster.standby(1));
        assertThat(cluster.admin("/metrics").body())
                .contains("postern_upstream_sessions_lost_total{reason=\"unreachable\"}");
    }

    @Test
    @Order(5)
    void standbyIsKilled_sessionsAreServedByTheOther() throws Exception {
        cluster.standby(1).kill();
        try {
            under.awaitLeftUnnoticed(cluster.standby(1), TWO_INTERVALS);
        } finally {
            cluster.standby(1).restart();
        }
        long back = System.nanoTime();
        under.awaitServing(cluster.standby(1));
        assertThat(Duration.ofNanos(System.nanoTime() - back)).isLessThan(TWO_INTERVALS);
    }

    @Test
    @Order(6)
    void standbyIsPromoted_itIsLeft() throws Exception {
        Endpoint promoted = Cluster.superuser(cluster.standby(1));
        Sql.execute(promoted, "SELECT pg_promote()");
        under.awaitLeft(cluster.standby(1), TWO_INTERVALS);
        pass(Cluster.CHECK_INTERVAL);
        assertThat(sessions(cluster.standby(1))).isZero();
        assertThat(under.load().longestGap()).isLessThan(TWO_INTERVALS);

        // Whoever still reads there has a wrong answer from now on.
        Sql.execute(promoted, "TRUNCATE products CASCADE");
        pass(Cluster.CHECK_INTERVAL);
        assertThat(Sql.one(promoted, "SELECT count(*) FROM beat WHERE at < '2001-01-01'"))
                .isEqualTo("0");
        assertThat(cluster.admin("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    @Order(7)
    void noHostIsLeft_agentIsToldWhichChecksFailed() throws Exception {
        cluster.standby(0).kill();
        try {
            under.awaitLeft(cluster.standby(0), TWO_INTERVALS);
            SQLException refusal =
                    catchThrowableOfType(
                            SQLException.class, () -> cluster.agent("any").connect().close());
            assertThat(refusal.getSQLState()).isEqualTo("57P03");
            assertThat(refusal.getMessage())
                    .contains("it cannot be reached (1 of 3 servers)")
                    .contains("it is a primary and allow_primary is not set (2 of 3 servers)")
                    .doesNotContain(Integer.toString(cluster.standby(0).port()));
            assertThat(cluster.admin("/readyz").statusCode()).isEqualTo(503);
        } finally {
            cluster.standby(0).restart();
        }
        under.awaitServing(cluster.standby(0));
        pass(TWO_INTERVALS);
        under.load().mark();
        pass(Cluster.CHECK_INTERVAL);
        assertThat(under.load().longestGap()).isLessThan(TWO_INTERVALS);
    }
}
