package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.postern.server.audit.AuditDirectory;
import dev.postern.server.audit.AuditTrail;
import dev.postern.server.audit.AuditTrailSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AuditCommandTest {

    private static final Instant START = Instant.parse("2026-11-23T08:00:00Z");

    @TempDir Path directory;

    @BeforeEach
    void write() throws IOException {
        try (AuditTrail trail =
                AuditTrail.open(
                        AuditTrailSettings.of(directory),
                        InstantSource.system(),
                        System::nanoTime)) {
            Verdict allow =
                    new Verdict.Allow(
                            new StatementSummary(
                                    "SELECT",
                                    "0123456789abcdef",
                                    List.of("public.orders"),
                                    List.of()));
            Verdict deny =
                    new Verdict.Deny(
                            new StatementSummary("DELETE", "", List.of("public.users"), List.of()),
                            new Denial(
                                    Rule.WRITE,
                                    SqlState.READ_ONLY_SQL_TRANSACTION,
                                    "DELETE writes",
                                    1,
                                    "DELETE",
                                    "read"));
            assertThat(
                            trail.accept(
                                    decided(
                                            0,
                                            "bot",
                                            "SELECT 1\nFROM public.orders -- \u001b[2J\u202e",
                                            allow)))
                    .isTrue();
            assertThat(trail.accept(decided(60, "other", "DELETE FROM Users", deny))).isTrue();
            assertThat(trail.accept(completed(61, "bot"))).isTrue();
        }
    }

    private static SessionContext session(String agent) {
        return new SessionContext(
                "s-" + agent,
                "10.0.0.7:1",
                null,
                new Principal(
                        agent, "dana@example.com", Principal.HumanSource.CREDENTIAL, null, null),
                "shop",
                "main",
                "reporting");
    }

    private static AuditEvent decided(long second, String agent, String sql, Verdict verdict) {
        long time = START.plusSeconds(second).toEpochMilli();
        return new AuditEvent.StatementDecided(
                new EventId(second, second),
                time,
                session(agent),
                AuditEvent.Protocol.SIMPLE,
                SqlText.owning(sql.getBytes(StandardCharsets.UTF_8)),
                verdict,
                1000);
    }

    private static AuditEvent completed(long second, String agent) {
        long time = START.plusSeconds(second).toEpochMilli();
        return new AuditEvent.StatementCompleted(
                new EventId(0, 0),
                time,
                session(agent),
                AuditEvent.Protocol.SIMPLE,
                "SELECT",
                42,
                4711,
                -1,
                2_000_000,
                null,
                null,
                -1);
    }

    private static CommandLines.Result run(String... arguments) {
        String[] all = new String[arguments.length + 1];
        all[0] = "audit";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return CommandLines.run(PosternCommand.with(AuditCommand.create()), all);
    }

    private CommandLines.Result search(String... conditions) {
        String[] arguments = new String[conditions.length + 2];
        arguments[0] = "search";
        System.arraycopy(conditions, 0, arguments, 1, conditions.length);
        arguments[arguments.length - 1] = directory.toString();
        return run(arguments);
    }

    @Test
    void verify_of_an_untouched_trail_says_so_and_is_yes() {
        CommandLines.Result result = run("verify", directory.toString());
        assertThat(result.out()).isEqualTo("Every line fits: 3 lines in 1 files, seq 1 to 3.\n");
        assertThat(result.exitCode()).isEqualTo(ExitCode.YES);
        assertThat(run("verify", "--json", directory.toString()).out())
                .isEqualTo(
                        "{\"intact\":true,\"files\":1,\"lines\":3,\"first_seq\":1,\"last_seq\":3}\n");
    }

    @Test
    void verify_of_a_changed_trail_names_the_line_and_is_no() throws IOException {
        Path file = AuditDirectory.files(directory).getFirst();
        Files.writeString(
                file, Files.readString(file).replace("\"rule\":\"write\"", "\"rule\":\"trite\""));
        CommandLines.Result result = run("verify", directory.toString());
        assertThat(result.out()).startsWith("DOES NOT FIT: " + file + " line 2: ");
        assertThat(result.exitCode()).isEqualTo(ExitCode.NO);
        assertThat(run("verify", "--json", directory.toString()).out())
                .contains("\"intact\":false", "\"line\":2");
    }

    @Test
    void missing_directory_or_no_location_is_trouble() {
        CommandLines.Result missing = run("verify", directory.resolve("none").toString());
        assertThat(missing.exitCode()).isEqualTo(ExitCode.TROUBLE);
        assertThat(run("verify").exitCode()).isEqualTo(ExitCode.TROUBLE);
        assertThat(run("verify", "--config", "none.yaml").exitCode()).isNotEqualTo(ExitCode.YES);
    }

    @Test
    void tail_prints_events_for_people_without_anything_that_steers_the_terminal() {
        CommandLines.Result result = run("tail", directory.toString());
        assertThat(result.out().lines())
                .containsExactly(
                        "2026-11-23T08:00:00.000Z  bot  allow  SELECT 1 FROM public.orders -- \uFFFD[2J\uFFFD",
                        "2026-11-23T08:01:00.000Z  other  deny[write]  DELETE FROM Users",
                        "2026-11-23T08:01:01.000Z  bot  done  SELECT rows=42 bytes=4711 total_ms=2.0");
        assertThat(run("tail", "-n", "1", "--json", directory.toString()).out().lines())
                .singleElement()
                .asString()
                .startsWith("{\"v\":1,")
                .contains("\"type\":\"statement_completed\"");
    }

    @Test
    void search_prints_what_fits_every_condition() {
        assertThat(search("--agent", "bot").out().lines()).hasSize(2);
        assertThat(search("--agent", "bot", "--type", "statement_completed").out().lines())
                .hasSize(1);
        assertThat(search("--human", "dana@example.com").out().lines()).hasSize(3);
        assertThat(search("--decision", "deny").out()).contains("DELETE FROM Users");
        assertThat(search("--rule", "write").out().lines()).hasSize(1);
        assertThat(search("--session", "s-other").out().lines()).hasSize(1);
        assertThat(search("--relation", "orders").out().lines()).hasSize(1);
        assertThat(search("--relation", "PUBLIC.users").out()).contains("DELETE");
        assertThat(search("--text", "from users").out()).contains("DELETE");
        assertThat(search("--id", new EventId(0, 0).toString()).out().lines()).hasSize(2);
        assertThat(search("--since", "2026-11-23T08:01:00Z").out().lines()).hasSize(2);
        assertThat(search("--until", "2026-11-23T08:01:00Z").out().lines()).hasSize(1);
        assertThat(search("--limit", "1").out().lines()).hasSize(1);
        assertThat(search("--json", "--rule", "write").out()).startsWith("{\"v\":1,");
    }

    @Test
    void time_that_is_none_is_trouble_that_says_what_would_do() {
        CommandLines.Result result = search("--until", "yesterday");
        assertThat(result.exitCode()).isEqualTo(ExitCode.TROUBLE);
        assertThat(result.err())
                .contains("'yesterday' is no time such as 2027-01-31T08:00:00Z")
                .doesNotContain("java");
    }

    @Test
    void search_that_finds_nothing_is_no() {
        CommandLines.Result result = search("--agent", "nobody");
        assertThat(result.out()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(ExitCode.NO);
        assertThat(search("--relation", "rders").exitCode()).isEqualTo(ExitCode.NO);
    }
}
