package dev.postern.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.server.demo.SampleDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What `postern demo --once` plays: an agent's reads and writes, by pgjdbc, and the traces they
 * leave.
 */
final class DemoTour {

    static final String READ =
            "SELECT country, orders, revenue FROM revenue_by_country ORDER BY revenue DESC";
    static final String WRITE = "DELETE FROM customers WHERE country = 'DE'";
    static final String HIDDEN_WRITE =
            "WITH gone AS (DELETE FROM orders RETURNING id) SELECT count(*) FROM gone";
    static final String DISGUISED_WRITE = "SELECT customer_name(7)";

    private static final long AUDIT_PATIENCE_NANOS = 5_000_000_000L;
    private static final long AUDIT_POLL_NANOS = 20_000_000L;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DemoScreen screen;
    private final DemoPostern postern;
    private final SampleDatabase shop;
    private boolean allRight = true;

    DemoTour(DemoScreen screen, DemoPostern postern, SampleDatabase shop) {
        this.screen = screen;
        this.postern = postern;
        this.shop = shop;
    }

    /** Plays every step; returns whether each did what it should. */
    boolean play() throws IOException, SQLException, InterruptedException {
        Properties login = new Properties();
        login.setProperty("user", DemoPostern.AGENT);
        login.setProperty("password", postern.password());
        String url = "jdbc:postgresql://127.0.0.1:" + postern.port() + "/" + SampleDatabase.NAME;
        try (Connection agent = DriverManager.getConnection(url, login)) {
            screen.heading("1  A read");
            read(agent);
            screen.heading("2  A write");
            refused(agent, WRITE, "customers", "write");
            screen.heading("3  A write hidden in WITH");
            refused(agent, HIDDEN_WRITE, "orders", "data_modifying_cte");
            screen.heading("4  A write in a function that looks like a read");
            refused(agent, DISGUISED_WRITE, "customers", "function_unknown");
        }
        screen.heading("5  The audit trail");
        audit();
        screen.heading("6  The metrics");
        metrics();
        screen.blank();
        if (allRight) {
            screen.ok("Every step did what it should, and nothing changed on the primary.");
        } else {
            screen.wrong("Not every step did what it should: see the lines marked above.");
        }
        return allRight;
    }

    private void read(Connection agent) throws SQLException {
        screen.sql(READ);
        long started = System.nanoTime();
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = agent.createStatement();
                ResultSet result = statement.executeQuery(READ)) {
            while (result.next()) {
                rows.add(List.of(result.getString(1), result.getString(2), result.getString(3)));
            }
        }
        screen.table(List.of("country", "orders", "revenue"), rows);
        verdict(
                !rows.isEmpty(),
                String.format(
                        Locale.ROOT,
                        "%d rows in %.1f ms",
                        rows.size(),
                        (System.nanoTime() - started) / 1e6));
    }

    private void refused(Connection agent, String sql, String table, String rule)
            throws SQLException {
        screen.sql(sql);
        long before = shop.count(table);
        boolean refused = false;
        try (Statement statement = agent.createStatement()) {
            statement.execute(sql);
            screen.lines(List.of("no error"));
        } catch (PSQLException e) {
            ServerErrorMessage error = e.getServerErrorMessage();
            String detail = error == null ? "" : String.valueOf(error.getDetail());
            refused = detail.contains("\"rule\":\"" + rule + "\"");
            screen.lines(
                    List.of(
                            "ERROR   "
                                    + e.getSQLState()
                                    + "  "
                                    + (error == null ? e.getMessage() : error.getMessage()),
                            "DETAIL  " + detail,
                            "HINT    " + (error == null ? "" : error.getHint())));
        }
        long after = shop.count(table);
        verdict(
                refused && after == before,
                String.format(
                        Locale.ROOT,
                        "%s; %s on the primary: %,d before, %,d after",
                        refused ? "refused" : "not refused by rule " + rule,
                        table,
                        before,
                        after));
    }

    private void audit() throws IOException {
        List<JsonNode> events = auditEvents();
        // Events are recorded before anything else happens and reach the readable file a moment
        // later.
        long deadline = System.nanoTime() + AUDIT_PATIENCE_NANOS;
        while (events.stream().noneMatch(DemoTour::isEnd) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(AUDIT_POLL_NANOS);
            events = auditEvents();
        }
        Map<String, JsonNode> completed = new HashMap<>();
        for (JsonNode event : events) {
            if (event.path("type").asText().equals("statement_completed")) {
                completed.put(event.path("id").asText(), event);
            }
        }
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode event : events) {
            if (event.path("type").asText().equals("statement_decided")
                    && !event.path("command").asText().equals("SET")) {
                JsonNode end = completed.getOrDefault(event.path("id").asText(), JSON.nullNode());
                rows.add(
                        List.of(
                                event.path("agent").asText(),
                                event.path("human").asText(),
                                event.path("decision").asText(),
                                event.path("rule").asText(),
                                end.path("rows").asText(),
                                end.path("total_ms").asText(),
                                event.path("statement").asText()));
            }
        }
        screen.table(
                List.of("agent", "human", "decision", "rule", "rows", "ms", "statement"), rows);
        verdict(
                rows.size() == 4
                        && rows.stream().filter(row -> row.get(2).equals("deny")).count() == 3
                        && rows.getFirst().get(4).equals("6"),
                "each statement has its line in " + postern.auditDirectory());
    }

    private static boolean isEnd(JsonNode event) {
        return event.path("type").asText().equals("session_closed");
    }

    private List<JsonNode> auditEvents() throws IOException {
        List<JsonNode> events = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(postern.auditDirectory(), "*.jsonl")) {
            for (Path file : files) {
                for (String line : Files.readAllLines(file)) {
                    events.add(JSON.readTree(line));
                }
            }
        }
        return events;
    }

    private void metrics() throws IOException, InterruptedException {
        List<String> lines;
        try (HttpClient client = HttpClient.newHttpClient()) {
            lines =
                    client.send(
                                    HttpRequest.newBuilder(URI.create(postern.metricsUrl()))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofLines())
                            .body()
                            .filter(line -> line.startsWith("postern_statements_total{"))
                            .filter(line -> !line.contains("command=\"SET\""))
                            .sorted()
                            .toList();
        }
        screen.lines(lines);
        verdict(
                lines.stream().anyMatch(line -> line.contains("decision=\"allow\""))
                        && lines.stream().filter(line -> line.contains("decision=\"deny\"")).count()
                                >= 3,
                "counted at " + postern.metricsUrl());
    }

    private void verdict(boolean right, String text) {
        if (right) {
            screen.ok(text);
        } else {
            screen.wrong(text);
            allRight = false;
        }
    }
}
