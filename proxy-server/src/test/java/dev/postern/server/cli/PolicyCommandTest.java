package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.audit.AuditEvent;
import dev.postern.audit.EventId;
import dev.postern.audit.SessionContext;
import dev.postern.identity.Principal;
import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import dev.postern.server.audit.AuditTrail;
import dev.postern.server.audit.AuditTrailSettings;
import dev.postern.server.cli.CommandLines.Result;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.config.PolicyConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code postern policy suggest} and {@code diff} over trails that a test writes. */
final class PolicyCommandTest {

    private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");

    @TempDir Path directory;

    private final List<AuditEvent> events = new ArrayList<>();
    private long number;

    @BeforeEach
    void write() throws IOException {
        policies("reporting: {upstream: shop, databases: [shop]}");
        Files.createDirectory(directory.resolve("audit"));
    }

    private Path policies(String policies) throws IOException {
        return Files.writeString(
                directory.resolve("postern.yaml"),
                """
                upstreams: {shop: {hosts: [replica-1.db], user: postern_reader}}
                policies:
                  %s
                """
                        .formatted(policies));
    }

    private static SessionContext session(String agent) {
        return new SessionContext(
                "s-" + agent,
                "10.0.0.7:1",
                null,
                new Principal(
                        agent, "dana@example.com", Principal.HumanSource.CREDENTIAL, null, null),
                "shop",
                "shop",
                "reporting");
    }

    /** Records a statement that ran. */
    private void ran(String sql, long rows) {
        ran(sql, rows, null);
    }

    private void ran(String sql, long rows, @Nullable String sqlState) {
        String command = sql.startsWith("SET") ? "SET" : "SELECT";
        StatementSummary summary = new StatementSummary(command, "", List.of(), List.of());
        EventId id = decided(sql, new Verdict.Allow(summary));
        events.add(
                new AuditEvent.StatementCompleted(
                        id,
                        START.plusSeconds(number).toEpochMilli(),
                        session("bot"),
                        AuditEvent.Protocol.SIMPLE,
                        command,
                        rows,
                        rows * 100,
                        -1,
                        4_000_000,
                        sqlState,
                        null,
                        -1));
    }

    private void denied(String sql, Rule rule) {
        decided(
                sql,
                new Verdict.Deny(
                        new StatementSummary("SELECT", "", List.of(), List.of()),
                        new Denial(rule, SqlState.INSUFFICIENT_PRIVILEGE, "no", 1, null, "no")));
    }

    private EventId decided(String sql, Verdict verdict) {
        number++;
        EventId id = new EventId(number, number);
        events.add(
                new AuditEvent.StatementDecided(
                        id,
                        START.plusSeconds(number).toEpochMilli(),
                        session("bot"),
                        AuditEvent.Protocol.SIMPLE,
                        SqlText.owning(sql.getBytes(StandardCharsets.UTF_8)),
                        verdict,
                        1000));
        return id;
    }

    private Result run(String command, String... arguments) throws IOException {
        if (!events.isEmpty()) {
            try (AuditTrail trail =
                    AuditTrail.open(
                            AuditTrailSettings.of(directory.resolve("audit")),
                            InstantSource.system(),
                            System::nanoTime)) {
                assertThat(events).allMatch(trail::accept);
            }
            events.clear();
        }
        String[] all = new String[arguments.length + 6];
        all[0] = "policy";
        all[1] = command;
        all[2] = "--config";
        all[3] = directory.resolve("postern.yaml").toString();
        all[4] = "--audit";
        all[5] = directory.resolve("audit").toString();
        System.arraycopy(arguments, 0, all, 6, arguments.length);
        return CommandLines.run(
                PosternCommand.with(
                        PolicyCommand.create(
                                (configuration, offline) -> new CatalogBench(offline))),
                all);
    }

    private static JsonNode json(Result result) throws IOException {
        return new ObjectMapper().readTree(result.out());
    }

    @Test
    void recordedReads_suggested_areTheLeastPolicyThatAllowsThem() throws Exception {
        ran("SELECT name FROM customers WHERE id = 1", 1);
        ran("SELECT name FROM customers WHERE id = 1", 1);
        ran("SELECT * FROM orders_old", 600);
        ran("SELECT sum(id) FROM orders", 1);
        ran("SELECT * FROM big", 3);
        ran("SELECT tax(id), risk(id) FROM orders", 3);
        ran("SELECT peek(1)", 1);
        denied("DELETE FROM secrets", Rule.WRITE);
        denied("SELECT * FROM secrets", Rule.RELATION_DENIED);
        Result result = run("suggest");

        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .isEqualTo(
                        """
                        # Derived by postern policy suggest from statements recorded from 2026-11-23T08:00:01.000Z to 2026-11-23T08:00:07.000Z.
                        # Names were resolved in database shop on replica-1.db:5432 (PostgreSQL 15).
                        policies:
                          # 6 of 6 distinct statements pass under this policy.
                          reporting:
                            upstream: "shop"
                            databases: ["shop"]
                            relations:
                              allow:
                                - "public.big"   # 1 statement, 1 run; every column; view
                                - "public.customers"   # 1 statement, 2 runs; columns id, name
                                - "public.orders"   # 3 statements, 3 runs; every column
                            functions:
                              allow:
                                - "public.peek(int4)"   # 1 statement, 1 run; language sql: it reads what is not open to agents
                                - "public.risk(int4)"   # 1 statement, 1 run; language plpgsql
                            limits:
                              statement_timeout: 5s   # the longest took 0.004 s
                              max_rows: 2000   # the most were 600
                              max_result: 1MiB   # the largest was 60000 bytes
                              max_sessions: 100   # as now
                        """);
    }

    @Test
    void suggestion_isAConfigurationsPolicies() throws Exception {
        policies("reporting: {upstream: shop, databases: [shop], mode: observe}");
        ran("SELECT risk(id) FROM app.notes", 2);
        Path suggested = directory.resolve("suggested.yaml");
        Files.writeString(suggested, run("suggest").out());
        Configuration configuration =
                ConfigurationLoader.loadOver(
                        ConfigurationLoader.load(directory.resolve("postern.yaml")), suggested);

        PolicyConfig policy = Objects.requireNonNull(configuration.policies().get("reporting"));
        assertThat(policy.relations().allow()).containsExactly("app.notes");
        assertThat(policy.allowedFunctions()).containsExactly("public.risk(int4)");
        assertThat(run("diff", "--with", suggested.toString()).exitCode()).isZero();
    }

    @Test
    void deniedReads_countIfAskedFor_andForeignTablesAreNamed() throws Exception {
        denied("SELECT id FROM far", Rule.FOREIGN_TABLE);
        denied("SELECT id FROM secrets", Rule.RELATION_DENIED);
        denied("SELECT nothing()", Rule.FUNCTION_UNSAFE);

        assertThat(run("suggest").exitCode()).isEqualTo(1);
        JsonNode policy = json(run("suggest", "--denied", "--json")).path("policies").path(0);
        assertThat(policy.path("relations_allow").findValuesAsText("entry"))
                .containsExactly("public.far", "public.secrets");
        assertThat(policy.path("passing").asInt()).isEqualTo(2);
        assertThat(run("suggest", "--denied").out())
                .contains("statement_timeout: 30000ms   # as now: nothing that was recorded ended");
    }

    @Test
    void presentDenials_stayUnlessRecordedReadsAreAgainstThem() throws Exception {
        policies(
                "reporting: {upstream: shop, databases: [shop], mode: observe,"
                        + " relations: {deny: [public.secrets, public.customers]},"
                        + " columns: {deny: [public.orders.name, public.orders.id]}}");
        ran("SELECT id FROM customers", 1);
        ran("SELECT id FROM orders", 1);
        JsonNode policy = json(run("suggest", "--json")).path("policies").path(0);

        assertThat(policy.path("relations_deny").toString()).isEqualTo("[\"public.secrets\"]");
        assertThat(policy.path("columns_deny").toString()).isEqualTo("[\"public.orders.name\"]");
        assertThat(policy.path("no_longer_denied").toString())
                .isEqualTo("[\"public.customers\",\"public.orders.id\"]");
        assertThat(policy.path("passing").asInt()).isEqualTo(2);
    }

    @Test
    void whatCannotBeJudgedAgain_isCountedAndReported() throws Exception {
        ran("SELECT id FROM orders", 1);
        ran("SELECT id FROM gone", 1);
        ran("SELECT id FROM misspelt", 0, "42P01");
        ran("SELECT id FROM orders -- " + "x".repeat(300_000), 1);
        Result result = run("suggest");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .contains(
                        "# 1 statements are left out: the trail has only the beginning of their text.",
                        "# 1 distinct statements are left out: PostgreSQL itself refused them each time.",
                        "# 1 of 2 distinct statements pass under this policy.",
                        "[relation_denied] relation gone",
                        "- \"public.orders\"   # 1 statement, 1 run; columns id\n")
                .doesNotContain("misspelt");
    }

    @Test
    void searchPath_setInASession_isFollowed() throws Exception {
        ran("SET search_path = app", 0);
        ran("SELECT name FROM notes", 1);
        ran("SET search_path TO DEFAULT", 0);
        ran("SELECT name FROM orders", 1);

        assertThat(
                        json(run("suggest", "--json"))
                                .path("policies")
                                .path(0)
                                .path("relations_allow")
                                .findValuesAsText("entry"))
                .containsExactly("app.notes", "public.orders");
    }

    @Test
    void offline_namesAreSuggestedAsWritten() throws Exception {
        ran("SELECT risk(id) FROM orders JOIN app.notes USING (id) JOIN pg_class ON true", 1);
        Result result = run("suggest", "--offline");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains(
                        "# Names of database shop were not resolved: judged by names alone.",
                        "\"*.orders\"",
                        "\"app.notes\"",
                        "\"public.risk(*)\"");
    }

    @Test
    void stricterCandidate_differs_withRuleCountAndExample() throws Exception {
        for (int id = 1; id <= 3; id++) {
            ran("SELECT name FROM customers WHERE id = " + id, 1);
        }
        ran("SELECT id FROM orders", 5_000);
        denied("SELECT risk(1)", Rule.FUNCTION_UNKNOWN);
        Path candidate =
                Files.writeString(
                        directory.resolve("new.yaml"),
                        """
                        policies:
                          reporting:
                            upstream: shop
                            databases: [shop]
                            columns: {deny: [public.customers.name]}
                            functions: {allow: ["public.risk(*)"]}
                            limits: {max_rows: 1000}
                        """);
        Result result = run("diff", "--with", candidate.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .isEqualTo(
                        """
                        newly denied  policy reporting  3 statements, 3 runs, last 2026-11-23T08:00:03.000Z  bot
                            now:  allow
                            then: deny[column_denied] column customers.name is not for agents: policy "reporting" closes it
                            SELECT name FROM customers WHERE id = 1
                        newly denied  policy reporting  1 statement, 1 run, last 2026-11-23T08:00:04.000Z  bot
                            now:  allow
                            then: deny[result_limit] it returns more rows than limits.max_rows
                            SELECT id FROM orders
                        newly allowed  policy reporting  1 statement, 1 run, last 2026-11-23T08:00:05.000Z  bot
                            now:  deny[function_unknown] function public.risk: it is written in plpgsql, which cannot be judged: it may do more than read
                            then: allow
                            SELECT risk(1)

                        Names were resolved in database shop on replica-1.db:5432 (PostgreSQL 15).
                        5 distinct statements, 5 runs: 4 newly denied, 1 newly allowed.
                        """);
        JsonNode json = json(run("diff", "--with", candidate.toString(), "--json"));
        assertThat(json.path("newly_denied").asInt()).isEqualTo(4);
        assertThat(json.path("changes").path(0).path("then").path("rule").asText())
                .isEqualTo("column_denied");
        assertThat(json.path("changes").path(0).path("runs").asInt()).isEqualTo(3);
    }

    @Test
    void equalCandidate_changesNothing() throws Exception {
        ran("SELECT id FROM orders", 1);
        Result result = run("diff", "--with", directory.resolve("postern.yaml").toString());

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).endsWith("1 distinct statement, 1 run: nothing changes.\n");
    }

    @Test
    void candidateWithoutThePolicyOrTheDatabase_deniesAll() throws Exception {
        ran("SELECT id FROM orders", 1);
        Path other = directory.resolve("other.yaml");
        Files.writeString(
                other,
                Files.readString(directory.resolve("postern.yaml"))
                        .replace("reporting:", "others:"));
        assertThat(run("diff", "--with", other.toString()).out())
                .contains("then: deny[policy] there is no policy \"reporting\"");
        Files.writeString(other, "policies: {reporting: {upstream: shop, databases: [stock]}}\n");
        assertThat(run("diff", "--with", other.toString()).out())
                .contains("deny[database] policy \"reporting\" does not open database \"shop\"");
    }

    @Test
    void selection_leavesOutTheRest() throws Exception {
        ran("SELECT id FROM orders", 1);
        ran("SELECT id FROM customers", 1);

        assertThat(run("suggest", "--since", "2026-11-23T08:00:02Z").out())
                .contains("public.customers")
                .doesNotContain("public.orders");
        assertThat(run("suggest", "--until", "2026-11-23T08:00:01Z").exitCode()).isEqualTo(1);
        assertThat(run("suggest", "--policy", "reporting").exitCode()).isZero();
        assertThat(run("suggest", "--policy", "reportin").err())
                .endsWith("(did you mean reporting?)\n");
        assertThat(run("suggest", "--agent", "bot").err())
                .startsWith("postern: there is no agent \"bot\" in ");
    }

    @Test
    void trouble_isExitCode2WithItsReason() throws Exception {
        Path missing = directory.resolve("missing.yaml");
        assertThat(run("diff", "--with", missing.toString()))
                .isEqualTo(new Result(2, "", "postern: " + missing + ": there is no such file\n"));
        Path wrong = Files.writeString(directory.resolve("wrong.yaml"), "polices: {}\n");
        assertThat(run("diff", "--with", wrong.toString()).err()).contains("polices", "policies");
        Path empty = Files.writeString(directory.resolve("empty.yaml"), "");
        assertThat(run("diff", "--with", empty.toString()).exitCode()).isEqualTo(2);
        assertThat(run("diff").exitCode()).isEqualTo(2);
    }
}
