package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.postern.server.demo.PostgresServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of several agents over few connections, with the newest PostgreSQL's hot standby. */
final class PoolIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String LONG_QUERY =
            "SELECT count(*) FROM generate_series(1, 100000000000) AS pooled";

    private static LocalPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = TestEnvironment.embedded(18, true);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    private static Gateway pooled(String pool) throws Exception {
        return Gateway.pooled(postgres, pool);
    }

    private static Endpoint superuser() {
        return postgres.serving().as(PostgresServer.SUPERUSER, postgres.primary().password());
    }

    @Test
    void manySessions_preparedStatements_shareTwoConnections() throws Exception {
        String backends =
                "SELECT count(*) FROM pg_stat_activity WHERE application_name"
                        + " IN ('postern', 'postern/it-agent', 'postern/it-other')";
        // Those of another test's gateway take a moment to end.
        assertThat(Eventually.get(PATIENCE, () -> Sql.one(superuser(), backends), "0"::equals))
                .isEqualTo("0");
        try (Gateway gateway = pooled("{mode: transaction, max: 2, max_prepared_statements: 3}");
                ExecutorService threads = Executors.newFixedThreadPool(10)) {
            List<Future<Integer>> sums = new ArrayList<>();
            for (int agent = 0; agent < 30; agent++) {
                int number = agent;
                sums.add(threads.submit(() -> preparedSum(gateway.agent(), number)));
            }
            for (int agent = 0; agent < sums.size(); agent++) {
                assertThat(sums.get(agent).get()).isEqualTo(20 * agent + 190);
            }
            assertThat(Integer.parseInt(Sql.one(superuser(), backends))).isBetween(1, 2);
        }
    }

    /** By statements that the driver prepares on the server at their first execution. */
    private static int preparedSum(Endpoint endpoint, int number) throws SQLException {
        int sum = 0;
        try (Connection connection = endpoint.connect(Map.of("prepareThreshold", "1"));
                PreparedStatement add =
                        connection.prepareStatement(
                                "SELECT ?::int + ?::int /* " + number % 7 + " */")) {
            for (int i = 0; i < 20; i++) {
                add.setInt(1, number);
                add.setInt(2, i);
                try (ResultSet row = add.executeQuery()) {
                    row.next();
                    sum += row.getInt(1);
                }
            }
        }
        return sum;
    }

    @Test
    void tableThatChanges_itsPreparedStatementFailsAsAtPostgres_untilItIsPreparedAnew()
            throws Exception {
        Sql.execute(postgres.primary(), "CREATE TABLE changing AS SELECT 1 AS a, 'x' AS b");
        Sql.execute(postgres.primary(), "GRANT SELECT ON changing TO PUBLIC");
        postgres.awaitReplay();
        try (Gateway gateway = pooled("{mode: transaction, max: 2}");
                RawClient mine = RawClient.connect(gateway.agent());
                RawClient busy = RawClient.connect(gateway.other())) {
            mine.parse("s", "SELECT * FROM changing").sync().answers(1);
            assertThat(columns(mine, "s")).isEqualTo(2);
            Sql.execute(postgres.primary(), "ALTER TABLE changing DROP COLUMN b");
            postgres.awaitReplay();
            assertThat(refusal(mine).field('C')).isEqualTo("0A000");

            // The other connection has never had it: the server itself would not refuse there.
            busy.query("BEGIN").answers(1);
            RawClient.Message elsewhere = refusal(mine);
            assertThat(elsewhere.field('C')).isEqualTo("0A000");
            assertThat(elsewhere.field('H')).contains("Prepare it again");
            mine.parse("again", "SELECT * FROM changing").sync().answers(1);
            assertThat(columns(mine, "again")).isEqualTo(1);
            busy.query("COMMIT").answers(1);
            for (int i = 0; i < 3; i++) {
                assertThat(columns(mine, "again")).isEqualTo(1);
            }
        } finally {
            Sql.execute(postgres.primary(), "DROP TABLE changing");
            postgres.awaitReplay();
        }
    }

    @Test
    void tableThatChanged_whoPreparesItAfterwards_doesNotNotice() throws Exception {
        Sql.execute(postgres.primary(), "CREATE TABLE widening AS SELECT 1 AS a");
        Sql.execute(postgres.primary(), "GRANT SELECT ON widening TO PUBLIC");
        postgres.awaitReplay();
        try (Gateway gateway = pooled("{mode: transaction, max: 1}")) {
            try (RawClient earlier = RawClient.connect(gateway.other())) {
                earlier.parse("s", "SELECT * FROM widening").sync().answers(1);
                assertThat(columns(earlier, "s")).isEqualTo(1);
            }
            Sql.execute(postgres.primary(), "ALTER TABLE widening ADD COLUMN b int");
            postgres.awaitReplay();
            // Within a second it may be taken for what it was.
            Thread.sleep(1100);
            try (RawClient later = RawClient.connect(gateway.agent())) {
                later.parse("mine", "SELECT * FROM widening").sync().answers(1);
                assertThat(columns(later, "mine")).isEqualTo(2);
            }
        } finally {
            Sql.execute(postgres.primary(), "DROP TABLE widening");
            postgres.awaitReplay();
        }
    }

    private static int columns(RawClient client, String statement) throws Exception {
        return client.bind("", statement).execute("", 0).sync().answers(1).stream()
                .filter(message -> message.type() == 'D')
                .mapToInt(row -> ByteBuffer.wrap(row.body()).getShort())
                .sum();
    }

    private static RawClient.Message refusal(RawClient client) throws Exception {
        List<RawClient.Message> answer = client.bind("", "s").execute("", 0).sync().answers(1);
        assertThat(answer).extracting(RawClient.Message::type).containsExactly('E', 'Z');
        return answer.getFirst();
    }

    @Test
    void whatOneAgentLeaves_theNextNeverSees() throws Exception {
        for (String pool : List.of("{mode: transaction, max: 1}", "{mode: session, max: 1}")) {
            try (Gateway gateway = pooled(pool)) {
                String backend;
                try (Connection first = gateway.agent().connect();
                        Statement statement = first.createStatement()) {
                    backend = Sql.one(first, "SELECT pg_backend_pid()");
                    statement.execute("SET search_path = nowhere, public");
                    statement.execute("SET IntervalStyle = 'iso_8601'");
                    statement.execute("SET work_mem = '1MB'");
                    statement.execute("PREPARE left_behind AS SELECT 1");
                    statement.execute("BEGIN; DECLARE held CURSOR WITH HOLD FOR SELECT 1; COMMIT");
                    assertThat(Sql.one(first, "SELECT count(*) FROM pg_cursors WHERE is_holdable"))
                            .isEqualTo("1");
                }
                try (Connection next = gateway.other().connect()) {
                    assertThat(Sql.one(next, "SELECT pg_backend_pid()")).isEqualTo(backend);
                    assertThat(Sql.one(next, "SHOW search_path")).isEqualTo("\"$user\", public");
                    assertThat(Sql.one(next, "SHOW IntervalStyle")).isEqualTo("postgres");
                    assertThat(Sql.one(next, "SHOW work_mem")).isEqualTo("4MB");
                    assertThat(Sql.one(next, "SELECT count(*) FROM pg_cursors WHERE is_holdable"))
                            .isEqualTo("0");
                    assertThat(
                                    Sql.one(
                                            next,
                                            "SELECT count(*) FROM pg_prepared_statements"
                                                    + " WHERE statement LIKE '%left_behind%'"))
                            .isEqualTo("0");
                }
            }
        }
    }

    @Test
    void statementsOfOthers_onASharedConnection_areNotShown() throws Exception {
        try (Gateway gateway = pooled("{mode: transaction, max: 1}");
                Connection mine = gateway.agent().connect(Map.of("prepareThreshold", "1"));
                PreparedStatement secret = mine.prepareStatement("SELECT 'a secret of mine'")) {
            secret.executeQuery().close();
            try (Connection other = gateway.other().connect()) {
                assertThat(
                                Sql.one(
                                        other,
                                        "SELECT count(*) FROM pg_prepared_statements"
                                                + " WHERE statement LIKE '%secret of mine%'"
                                                + " AND statement NOT LIKE '%pg_prepared%'"))
                        .isEqualTo("0");
            }
            try (ResultSet again = secret.executeQuery()) {
                assertThat(again.next()).isTrue();
            }
        }
    }

    @Test
    void identity_goesAlong_andCannotBeForged() throws Exception {
        try (Gateway gateway = pooled("{mode: transaction, max: 1}");
                Connection one = gateway.agent().connect();
                Connection two = gateway.other().connect();
                Statement statement = one.createStatement()) {
            String who =
                    "SELECT current_setting('postern.agent', true) || ' '"
                            + " || current_setting('postern.human', true) || ' '"
                            + " || current_setting('application_name')";
            for (String reset :
                    List.of(
                            "SELECT 1",
                            "RESET ALL",
                            "DISCARD ALL",
                            "SET application_name = 'someone else'",
                            "RESET application_name")) {
                statement.execute(reset);
                assertThat(Sql.one(one, who))
                        .isEqualTo("it-agent dana@example.com postern/it-agent");
                assertThat(Sql.one(two, who)).isEqualTo("it-other  postern/it-other");
            }
            one.setAutoCommit(false);
            statement.execute("RESET ALL");
            assertThat(Sql.one(one, who)).isEqualTo("it-agent dana@example.com postern/it-agent");
            one.rollback();
            assertThat(Sql.one(one, who)).isEqualTo("it-agent dana@example.com postern/it-agent");
            one.commit();
            for (String forgery :
                    List.of(
                            "SET postern.agent = 'it-other'",
                            "RESET postern.agent",
                            "SELECT set_config('postern.agent', 'it-other', false)")) {
                assertThat(
                                catchThrowableOfType(
                                                SQLException.class,
                                                () -> statement.execute(forgery))
                                        .getSQLState())
                        .as(forgery)
                        .isEqualTo("42501");
                one.rollback();
            }
        }
    }

    @Test
    void readBehindAResetInOneText_isRefused() throws Exception {
        try (Gateway gateway = pooled("{mode: transaction, max: 1}");
                RawClient client = RawClient.connect(gateway.agent())) {
            assertThat(client.query("RESET ALL; SELECT 1").answers(1))
                    .filteredOn(message -> message.type() == 'E')
                    .singleElement()
                    .satisfies(error -> assertThat(error.field('C')).isEqualTo("42501"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void whatGoesBack_goesBackToWhatTheSessionBeganWith(String mode) throws Exception {
        Map<String, String> settings =
                Map.of("DateStyle", "Postgres, DMY", "TimeZone", "America/Los_Angeles");
        List<String> texts =
                List.of(
                        "SET DateStyle = 'German'",
                        "RESET DateStyle",
                        "RESET DateStyle",
                        "SET TimeZone = 'Asia/Tokyo'",
                        "SET TimeZone TO DEFAULT",
                        "SET DateStyle = 'SQL'",
                        "SELECT '2001-02-03'::date",
                        "SET TimeZone = 'Asia/Tokyo'",
                        "RESET ALL",
                        "BEGIN",
                        "SET DateStyle = 'ISO, YMD'",
                        "RESET DateStyle",
                        "SELECT 1/0",
                        "RESET DateStyle",
                        "ROLLBACK",
                        "SET IntervalStyle = 'iso_8601'",
                        "DISCARD ALL",
                        "SHOW DateStyle",
                        "SHOW TimeZone",
                        "SHOW IntervalStyle");
        Endpoint server = superuser();
        try (Gateway gateway = pooled("{mode: " + mode + ", max: 2}")) {
            for (boolean extended : new boolean[] {false, true}) {
                try (RawClient direct = RawClient.connect(server, settings);
                        RawClient through = RawClient.connect(gateway.agent(), settings)) {
                    for (String text : texts) {
                        assertThat(answer(through, text, extended))
                                .as(text)
                                .isEqualTo(answer(direct, text, extended));
                    }
                }
            }
        }
    }

    /** Messages of an answer; those about settings come in any order. */
    private static List<String> answer(RawClient client, String text, boolean extended)
            throws Exception {
        if (extended) {
            client.parse("", text).bind("", "").execute("", 0).sync();
        } else {
            client.query(text);
        }
        List<String> settings = new ArrayList<>();
        List<String> all = new ArrayList<>();
        for (RawClient.Message message : client.answers(1)) {
            String words =
                    message.type()
                            + " "
                            + (message.type() == 'E'
                                    ? message.field('C')
                                    : new String(message.body(), StandardCharsets.UTF_8));
            (message.type() == 'S' ? settings : all).add(words);
        }
        Collections.sort(settings);
        all.addAll(settings);
        return all;
    }

    @Test
    void settings_areTheSessionsOwn_whicheverConnectionServes() throws Exception {
        try (Gateway gateway = pooled("{mode: transaction, max: 1}");
                Connection other = gateway.agent().connect();
                Connection plain = gateway.other().connect();
                Statement statement = other.createStatement()) {
            statement.execute("SET IntervalStyle = 'iso_8601'");
            for (int i = 0; i < 3; i++) {
                assertThat(Sql.one(other, "SELECT '1 day'::interval::text")).isEqualTo("P1D");
                assertThat(Sql.one(plain, "SELECT '1 day'::interval::text")).isEqualTo("1 day");
            }
            statement.execute("BEGIN; SET IntervalStyle = 'sql_standard'; ROLLBACK");
            assertThat(Sql.one(other, "SHOW IntervalStyle")).isEqualTo("iso_8601");
        }
    }

    @Test
    void connectionLostBetweenTransactions_nobodyNotices() throws Exception {
        for (String pool : List.of("{mode: transaction, max: 1}", "{mode: session}")) {
            try (Gateway gateway = pooled(pool);
                    Connection session = gateway.agent().connect(Map.of("prepareThreshold", "1"));
                    PreparedStatement prepared = session.prepareStatement("SELECT ?::int + 1")) {
                for (int i = 0; i < 3; i++) {
                    prepared.setInt(1, i);
                    try (ResultSet row = prepared.executeQuery()) {
                        row.next();
                        assertThat(row.getInt(1)).isEqualTo(i + 1);
                    }
                    Sql.one(
                            superuser(),
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                    + " WHERE application_name LIKE 'postern%it-agent'");
                    String gone =
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'postern%it-agent'";
                    assertThat(
                                    Eventually.get(
                                            PATIENCE,
                                            () -> Sql.one(superuser(), gone),
                                            "0"::equals))
                            .isEqualTo("0");
                }
            }
        }
    }

    @Test
    void allConnectionsInUse_theNextWaitsInVain_andIsToldSo() throws Exception {
        try (Gateway gateway = pooled("{mode: transaction, max: 1, queue_timeout: 300ms}");
                Connection busy = gateway.agent().connect();
                Connection late = gateway.other().connect()) {
            busy.setAutoCommit(false);
            assertThat(Sql.one(busy, "SELECT 1")).isEqualTo("1");
            SQLException refused =
                    catchThrowableOfType(SQLException.class, () -> Sql.one(late, "SELECT 2"));
            assertThat(refused.getSQLState()).isEqualTo("53300");
            assertThat(refused.getMessage()).contains("in use");
            busy.commit();
            assertThat(Sql.one(gateway.other(), "SELECT 3")).isEqualTo("3");
        }
    }

    @Test
    void cancel_hitsWhatTheSessionRuns_andNobodyElse() throws Exception {
        try (Gateway gateway = pooled("{mode: transaction, max: 2}");
                Connection busy = gateway.agent().connect();
                Connection bystander = gateway.other().connect();
                Statement statement = busy.createStatement();
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            for (int i = 0; i < 3; i++) {
                Future<SQLException> cancelled =
                        thread.submit(() ->
                                catchThrowableOfType(
                                        SQLException.class, () -> statement.execute(LONG_QUERY)));
                postgres.awaitStatement(LONG_QUERY);
                statement.cancel();
                assertThat(cancelled.get().getSQLState()).isEqualTo("57014");
                assertThat(Sql.one(bystander, "SELECT 1")).isEqualTo("1");
                assertThat(Sql.one(busy, "SELECT 2")).isEqualTo("2");
            }
        }
    }

    @Test
    void whatCannotBeShared_keepsItsConnection_andShows() throws Exception {
        try (Gateway gateway = pooled("{mode: transaction, max: 2}");
                Connection session = gateway.agent().connect();
                Statement statement = session.createStatement()) {
            statement.execute("PREPARE mine AS SELECT 42");
            for (int i = 0; i < 3; i++) {
                assertThat(Sql.one(gateway.other(), "SELECT 1")).isEqualTo("1");
                assertThat(Sql.one(session, "EXECUTE mine")).isEqualTo("42");
            }
            assertThat(pinned(gateway)).isEqualTo("1.0");
            statement.execute("DEALLOCATE ALL");
            assertThat(Eventually.get(PATIENCE, () -> pinned(gateway), "0.0"::equals))
                    .isEqualTo("0.0");
        }
    }

    private static String pinned(Gateway gateway) throws Exception {
        return gateway.admin("/metrics")
                .body()
                .lines()
                .filter(line ->
                        line.startsWith("postern_pool_pinned{") && line.contains("\"prepared\""))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .findFirst()
                .orElse("none");
    }
}
