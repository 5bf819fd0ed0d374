package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * pgjdbc through Postern, in each of its query modes: reads work as directly, writes are refused
 * and go nowhere.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(EveryGateway.class)
record JdbcIT(Gateway gateway) {

    private static final String ORDERS =
            """
            SELECT o.id, c.name, o.placed_at, o.status, sum(i.quantity * i.price) AS total
            FROM orders o JOIN customers c ON c.id = o.customer_id JOIN order_items i ON i.order_id = o.id
            WHERE o.id <= ? GROUP BY o.id, c.name ORDER BY o.id
            """;

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void preparedQuery_repeatedInEveryMode_answersAsDirectly(String mode) throws SQLException {
        Map<String, String> properties = Map.of("preferQueryMode", mode, "prepareThreshold", "3");
        try (Connection through = gateway.agent().connect(properties);
                Connection direct = gateway.upstream().serving().connect(properties);
                PreparedStatement ours = through.prepareStatement(ORDERS);
                PreparedStatement theirs = direct.prepareStatement(ORDERS)) {
            for (int limit = 1; limit <= 8; limit++) {
                assertThat(answer(ours, limit)).isEqualTo(answer(theirs, limit)).hasSize(limit + 1);
            }
        }
    }

    @Test
    void query_withBinaryTransfer_keepsTypes() throws SQLException {
        try (Connection connection = gateway.agent().connect(Map.of("prepareThreshold", "-1"));
                PreparedStatement statement =
                        connection.prepareStatement(
                                """
                                SELECT i.price, c.since, o.placed_at, ARRAY[1, 2, 3] AS numbers, '{"a": 1}'::jsonb AS doc
                                FROM orders o JOIN customers c ON c.id = o.customer_id JOIN order_items i ON i.order_id = o.id
                                WHERE o.id = ? AND i.line = 1
                                """)) {
            statement.setInt(1, 1);
            try (ResultSet row = statement.executeQuery()) {
                assertThat(row.next()).isTrue();
                assertThat(row.getBigDecimal(1)).isPositive().isLessThan(new BigDecimal(1000));
                assertThat(row.getObject(2, LocalDate.class)).isAfter(LocalDate.of(2023, 1, 1));
                assertThat(row.getObject(3, OffsetDateTime.class).getYear()).isEqualTo(2026);
                assertThat((Integer[]) row.getArray(4).getArray()).containsExactly(1, 2, 3);
                assertThat(row.getString(5)).isEqualTo("{\"a\": 1}");
            }
        }
    }

    @Test
    void cursor_withFetchSize_deliversEveryRowOnce() throws SQLException {
        try (Connection connection = gateway.agent().connect()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(137);
                Set<Integer> seen = new HashSet<>();
                try (ResultSet rows = statement.executeQuery("SELECT id FROM orders")) {
                    while (rows.next()) {
                        assertThat(seen.add(rows.getInt(1))).isTrue();
                    }
                }
                assertThat(seen).hasSize(9000);
            }
            connection.commit();
        }
    }

    @Test
    void copyOut_throughCopyManager_deliversTheTable() throws Exception {
        try (Connection connection = gateway.agent().connect()) {
            StringWriter text = new StringWriter();
            long rows =
                    copyManager(connection)
                            .copyOut(
                                    "COPY (SELECT * FROM products ORDER BY id) TO STDOUT WITH (FORMAT csv)",
                                    text);

            assertThat(rows).isEqualTo(200);
            assertThat(text.toString().lines()).hasSize(200).first().asString().startsWith("1,");
        }
    }

    @Test
    void copyIn_isRefusedAndConnectionLivesOn() throws Exception {
        Refusals refusals = Refusals.watch(gateway);
        try (Connection connection = gateway.agent().connect()) {
            Refusals.assertRefused(
                    () ->
                            copyManager(connection)
                                    .copyIn(
                                            "COPY products /* in 1515151500 */ FROM STDIN",
                                            new StringReader("1\t2\n")),
                    "25006",
                    "copy");

            assertThat(one(connection, "SELECT count(*) FROM products")).isEqualTo("200");
        }
        refusals.assertNeverReached("1515151500");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void delete_inEitherProtocol_isRefusedAndConnectionLivesOn(String mode) throws Exception {
        Refusals refusals = Refusals.watch(gateway);
        try (Connection connection = gateway.agent().connect(Map.of("preferQueryMode", mode));
                PreparedStatement delete =
                        connection.prepareStatement(
                                "DELETE FROM customers /* 1515151501 */ WHERE id = ?")) {
            delete.setInt(1, 5);
            Refusals.assertRefused(delete::executeUpdate, "25006", "write");
            Refusals.assertRefused(delete::executeUpdate, "25006", "write");

            assertThat(one(connection, "SELECT count(*) FROM customers")).isEqualTo("2000");
        }
        refusals.assertNeverReached("1515151501");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void batchOfWrites_inEitherProtocol_isRefusedAsOne(String mode) throws Exception {
        Refusals refusals = Refusals.watch(gateway);
        try (Connection connection = gateway.agent().connect(Map.of("preferQueryMode", mode));
                PreparedStatement update =
                        connection.prepareStatement(
                                "UPDATE products SET name = ? /* 1515151502 */ WHERE id = 1")) {
            for (String name : List.of("a", "b", "c")) {
                update.setString(1, name);
                update.addBatch();
            }
            assertThatThrownBy(update::executeBatch)
                    .isInstanceOfSatisfying(
                            BatchUpdateException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("25006"));

            assertThat(one(connection, "SELECT name FROM products WHERE id = 1"))
                    .isEqualTo("Steel chair");
        }
        refusals.assertNeverReached("1515151502");
    }

    @Test
    void refusalInTransaction_failsTheBlock_untilRollbackToSavepoint() throws SQLException {
        try (Connection connection = gateway.agent().connect()) {
            connection.setAutoCommit(false);
            assertThat(one(connection, "SELECT 1")).isEqualTo("1");
            Savepoint before = connection.setSavepoint();
            try (Statement statement = connection.createStatement()) {
                Refusals.assertRefused(
                        () -> statement.execute("DELETE FROM orders"), "25006", "write");
                assertThatThrownBy(() -> statement.execute("SELECT 1"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                error -> assertThat(error.getSQLState()).isEqualTo("25P02"));
            }
            connection.rollback(before);
            assertThat(one(connection, "SELECT 2")).isEqualTo("2");
            connection.commit();
        }
    }

    @Test
    void severalStatements_inOneQuery_passTogetherOrNotAtAll() throws Exception {
        Refusals refusals = Refusals.watch(gateway);
        try (Connection connection = gateway.agent().connect(Map.of("preferQueryMode", "simple"));
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1; SELECT 2");
            assertThat(statement.getMoreResults()).isTrue();
            Refusals.assertRefused(
                    () ->
                            statement.execute(
                                    "SELECT 1515151503; DELETE FROM orders WHERE id = 1515151503"),
                    "25006",
                    "write");
        }
        refusals.assertNeverReached("1515151503");
    }

    @Test
    void cancel_ofRunningQuery_endsIt() throws Exception {
        try (Connection connection = gateway.agent().connect();
                Statement statement = connection.createStatement()) {
            CompletableFuture<Void> cancelled =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    statement.cancel();
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS));
            assertThatThrownBy(() ->
                            statement.executeQuery(
                                    "SELECT count(*) FROM generate_series(1, 100000000000) AS a"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> assertThat(error.getSQLState()).isEqualTo("57014"));
            cancelled.get(10, TimeUnit.SECONDS);
            assertThat(one(connection, "SELECT 3")).isEqualTo("3");
        }
    }

    @Test
    void errorOfTheServer_reachesTheAgentAsItIs() throws SQLException {
        try (Connection connection = gateway.agent().connect()) {
            assertThatThrownBy(() -> one(connection, "SELECT number FROM payment_cards"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            error -> {
                                assertThat(error.getSQLState()).isEqualTo("42501");
                                assertThat(Refusals.isRefusal(error)).isFalse();
                            });
            assertThatThrownBy(() -> one(connection, "SELECT 1 / 0"))
                    .hasMessageContaining("division by zero");
        }
    }

    private static List<String> answer(PreparedStatement statement, int limit) throws SQLException {
        statement.setInt(1, limit);
        try (ResultSet rows = statement.executeQuery()) {
            return Rows.of(rows);
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static CopyManager copyManager(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }
}
