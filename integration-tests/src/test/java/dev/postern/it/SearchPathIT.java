package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The catalog and the search path as sessions have them: a name means what it would mean to
 * PostgreSQL at that moment.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SearchPathIT {

    private PostgresUnderTest postgres;
    private Gateway gateway;

    @BeforeAll
    void start() throws Exception {
        postgres = TestEnvironment.throwAwayPrimary();
        Sql.execute(
                database(),
                "CREATE SCHEMA good",
                "CREATE SCHEMA bad",
                "CREATE SEQUENCE public.counter",
                "CREATE TABLE good.things (id int)",
                "INSERT INTO good.things VALUES (1)",
                "CREATE FUNCTION good.f() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT 1::bigint'",
                "CREATE FUNCTION bad.f() RETURNS bigint LANGUAGE sql STABLE AS"
                        + " $$ SELECT nextval('public.counter') $$",
                "GRANT USAGE ON SCHEMA good, bad TO PUBLIC",
                "GRANT SELECT ON ALL TABLES IN SCHEMA good TO PUBLIC");
        gateway = Gateway.before(postgres);
    }

    @AfterAll
    void stop() throws IOException {
        gateway.close();
        postgres.close();
    }

    private Endpoint database() {
        return postgres.primary().withDatabase(postgres.serving().database());
    }

    @Test
    void path_thatWasSet_decidesWhatNamesMean() throws SQLException {
        for (String mode : new String[] {"simple", "extended"}) {
            try (Connection agent = connect("", mode)) {
                assertRefused(agent, "SELECT f()", "42883");
                execute(agent, "SET search_path = good");
                assertThat(one(agent, "SELECT f() + count(*) FROM things")).isEqualTo("2");
                execute(agent, "SET search_path = bad, good");
                assertRefused(agent, "SELECT f()", "42501");
                assertThat(one(agent, "SELECT count(*) FROM things")).isEqualTo("1");
                execute(agent, "RESET search_path");
                assertRefused(agent, "SELECT f()", "42883");
            }
        }
    }

    @Test
    void path_askedForAtTheStart_applies() throws SQLException {
        try (Connection agent = connect("good", "simple")) {
            assertThat(one(agent, "SELECT f()")).isEqualTo("1");
            execute(agent, "SET search_path = bad");
            assertRefused(agent, "SELECT f()", "42501");
            execute(agent, "RESET ALL");
            assertThat(one(agent, "SELECT f()")).isEqualTo("1");
        }
    }

    @Test
    void path_setInATransactionThatIsRolledBack_isJudgedBothWays() throws SQLException {
        try (Connection agent = connect("good", "simple")) {
            execute(agent, "BEGIN");
            execute(agent, "SET search_path = bad");
            assertRefused(agent, "SELECT f()", "42501");
            execute(agent, "ROLLBACK");
            // What took effect is not known for certain: both have to be harmless.
            assertRefused(agent, "SELECT f()", "42501");
            assertThat(one(agent, "SELECT count(*) FROM things")).isEqualTo("1");
            execute(agent, "SET search_path = good");
            assertThat(one(agent, "SELECT f()")).isEqualTo("1");
        }
    }

    @Test
    void pathChangedInTheSameText_appliesToWhatFollows() throws SQLException {
        try (Connection agent = connect("good", "simple")) {
            assertRefused(agent, "SET search_path = bad; SELECT f()", "42501");
            assertRefused(
                    agent, "SELECT set_config('search_path', 'bad', false); SELECT f()", "42501");
            assertThat(one(agent, "SELECT f()")).isEqualTo("1");
        }
    }

    @Test
    void statementPrepared_isJudgedAgainOnceThePathHasChanged() throws SQLException {
        try (Connection agent = connect("good", "extended");
                var prepared = agent.prepareStatement("SELECT f()")) {
            for (int i = 0; i < 7; i++) {
                try (var row = prepared.executeQuery()) {
                    assertThat(row.next()).isTrue();
                }
            }
            execute(agent, "SET search_path = bad");
            assertThatThrownBy(prepared::executeQuery)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
        assertThat(Sql.one(database(), "SELECT is_called FROM public.counter")).isEqualTo("f");
    }

    @Test
    void objectMadeAMomentAgo_isSeenAtOnce() throws Exception {
        try (Connection agent = connect("good", "simple")) {
            assertRefused(agent, "SELECT count(*) FROM made_later", "42P01");
            Sql.execute(
                    database(),
                    "CREATE TABLE good.made_now (id int)",
                    "GRANT SELECT ON good.made_now TO PUBLIC");
            // A look that began before may be the one that is joined.
            assertThat(
                            Eventually.get(
                                    Duration.ofSeconds(10),
                                    () -> oneOrError(agent, "SELECT count(*) FROM made_now"),
                                    "0"::equals))
                    .isEqualTo("0");
        }
    }

    private static void assertRefused(Connection agent, String sql, String sqlState) {
        assertThatThrownBy(() -> execute(agent, sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> {
                            assertThat(e.getSQLState()).isEqualTo(sqlState);
                            assertThat(e.getMessage()).contains("\"rule\":");
                        });
    }

    private static void execute(Connection agent, String sql) throws SQLException {
        try (var statement = agent.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String one(Connection agent, String sql) throws SQLException {
        return Sql.one(agent, sql);
    }

    private static String oneOrError(Connection agent, String sql) {
        try {
            return one(agent, sql);
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    private Connection connect(String searchPath, String mode) throws SQLException {
        return gateway.agent()
                .connect(
                        searchPath.isEmpty()
                                ? Map.of("preferQueryMode", mode)
                                : Map.of("preferQueryMode", mode, "currentSchema", searchPath));
    }
}
