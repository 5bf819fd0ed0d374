package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.server.PosternServer;
import dev.postern.server.cli.RunningServer;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.demo.Directories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;

/** From what an agent did to a policy that allows just that, and what another would change. */
final class PolicyToolsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final String[] OBJECTS = {
        "CREATE SCHEMA tools",
        "CREATE TABLE tools.parts (id int, kind text) PARTITION BY LIST (id)",
        "CREATE TABLE tools.parts_1 PARTITION OF tools.parts FOR VALUES IN (1)",
        "CREATE TABLE tools.\"Odd.Name\" (a int)",
        "CREATE TABLE tools.closed (a int)",
        "CREATE VIEW tools.seen AS SELECT a FROM tools.closed",
        "CREATE FUNCTION tools.risk(n int) RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN n; END'",
        "CREATE FUNCTION tools.twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'",
        "CREATE OPERATOR tools.<+> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)",
        "GRANT USAGE ON SCHEMA tools TO postern_reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA tools TO postern_reader"
    };

    private static final List<String> READS =
            List.of(
                    "SELECT name FROM customers WHERE id = 7",
                    "SELECT name FROM customers WHERE id = 8",
                    "SELECT count(*) FROM orders",
                    "SELECT kind, tools.twice(id) FROM tools.parts",
                    "SELECT * FROM tools.seen",
                    "SELECT tools.risk(1)",
                    "SET search_path = tools",
                    "SELECT a FROM \"Odd.Name\" WHERE a <+> 1 = 2");

    private static int run(Endpoint agent, List<String> statements) throws SQLException {
        int count = 0;
        for (String mode : List.of("simple", "extended")) {
            try (Connection connection = agent.connect(Map.of("preferQueryMode", mode));
                    Statement statement = connection.createStatement()) {
                for (String sql : statements) {
                    statement.execute(sql);
                    count++;
                }
            }
        }
        return count;
    }

    private static ClientProgram.Result postern(Endpoint any, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dlogback.configurationFile=logback.xml",
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        "dev.postern.server.Main"));
        command.addAll(List.of(arguments));
        return ClientProgram.run(any, "", command);
    }

    /** What runs under a configuration while it is served; the trail is complete afterwards. */
    private interface Work {
        void with(Endpoint agent) throws Exception;
    }

    private static void serving(GatewayFiles files, Path configuration, Work work)
            throws Exception {
        RunningServer server = PosternServer.start(ConfigurationLoader.load(configuration));
        try {
            work.with(files.agent(server.address().getPort(), "shop"));
        } finally {
            server.drain(DRAIN);
        }
    }

    @Test
    void recordedReads_becomeAPolicyThatAllowsThemAndNoMore() throws Exception {
        try (PostgresUnderTest upstream = TestEnvironment.throwAwayPrimary()) {
            Sql.execute(upstream.primary(), OBJECTS);
            GatewayFiles files = GatewayFiles.write(upstream, upstream.serving(), "");
            try {
                fromTrailToPolicy(upstream, files);
            } finally {
                Directories.delete(files.directory());
            }
        }
    }

    private static void fromTrailToPolicy(PostgresUnderTest upstream, GatewayFiles files)
            throws Exception {
        Path present = files.configuration();
        Files.writeString(
                present,
                Files.readString(present)
                        .replace("{upstream: it,", "{upstream: it, mode: observe,"));
        serving(files, present, agent -> assertThat(run(agent, READS)).isEqualTo(16));
        Endpoint any = upstream.serving();
        String[] suggest = {"policy", "suggest", "--config", present.toString(), "--policy", "it"};
        ClientProgram.Result suggestion = postern(any, suggest);

        assertThat(suggestion.status()).as(suggestion.output() + suggestion.errors()).isZero();
        assertThat(suggestion.output().lines().map(String::strip))
                .contains("policies:", "it:", "databases: [\"shop\"]")
                .anyMatch(line -> line.matches("# (\\d+) of \\1 distinct statements pass .*"));
        assertThat(entries(suggestion.output()))
                .containsExactly(
                        "public.customers",
                        "public.orders",
                        "tools.\\\"Odd.Name\\\"",
                        "tools.parts",
                        "tools.seen",
                        "tools.risk(int4)");

        Path policies = files.directory().resolve("suggested.yaml");
        Files.writeString(policies, suggestion.output());
        ClientProgram.Result same =
                postern(
                        any,
                        "policy",
                        "diff",
                        "-c",
                        present.toString(),
                        "--with",
                        policies.toString());
        assertThat(same.status()).as(same.output() + same.errors()).isZero();
        assertThat(same.output()).contains("no longer noted").doesNotContain("newly");

        Path enforcing = files.directory().resolve("enforcing.yaml");
        Files.writeString(
                enforcing,
                Files.readString(present)
                        .replaceFirst(
                                "(?m)^policies:\\n.*\\n",
                                Matcher.quoteReplacement(suggestion.output())));
        serving(
                files,
                enforcing,
                agent -> {
                    assertThat(run(agent, READS)).isEqualTo(16);
                    for (String other :
                            List.of("SELECT * FROM products", "SELECT * FROM tools.closed")) {
                        assertThatThrownBy(() -> run(agent, List.of(other)))
                                .hasMessageContaining("is not open to agents of policy \"it\"");
                    }
                });

        ClientProgram.Result again = postern(any, suggest);
        assertThat(entries(again.output())).isEqualTo(entries(suggestion.output()));

        whatAStricterPolicyChanges(any, present, files);
        whatCheckExplains(any, enforcing, present);
    }

    private static List<String> entries(String yaml) {
        return yaml.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("- \""))
                .map(line -> line.substring(3, line.indexOf("\"   #")))
                .toList();
    }

    private static void whatAStricterPolicyChanges(Endpoint any, Path present, GatewayFiles files)
            throws Exception {
        Path stricter =
                Files.writeString(
                        files.directory().resolve("stricter.yaml"),
                        """
                        policies:
                          it:
                            upstream: it
                            databases: [shop]
                            relations: {deny: ["tools.seen"]}
                            columns: {deny: [public.customers.name]}
                            functions: {allow: ["tools.risk(*)"]}
                        """);
        ClientProgram.Result diff =
                postern(
                        any,
                        "policy",
                        "diff",
                        "--config",
                        present.toString(),
                        "--with",
                        stricter.toString(),
                        "--json");
        assertThat(diff.status()).as(diff.errors()).isEqualTo(1);
        JsonNode json = JSON.readTree(diff.output());
        assertThat(json.path("changes").findValuesAsText("statement"))
                .contains("SELECT * FROM tools.seen", "SELECT name FROM customers WHERE id = 7");
        assertThat(json.path("newly_denied").asInt()).isGreaterThanOrEqualTo(3);
        assertThat(json.path("changes").toString()).contains("column_denied", "relation_denied");
    }

    private static void whatCheckExplains(Endpoint any, Path enforcing, Path present)
            throws Exception {
        String sql = "SELECT tools.risk(id), tools.twice(id) FROM tools.parts";
        ClientProgram.Result check =
                postern(any, "check", "-c", enforcing.toString(), "-a", GatewayFiles.AGENT, sql);
        assertThat(check.status()).as(check.errors()).isZero();
        JsonNode json = JSON.readTree(check.output());
        assertThat(json.path("catalog").path("read").asBoolean()).isTrue();
        assertThat(json.path("statements").path(0).path("functions").findValuesAsText("grounds"))
                .containsExactly("policy", "body");

        Path elsewhere = enforcing.resolveSibling("elsewhere.yaml");
        Files.writeString(
                elsewhere,
                Files.readString(present)
                        .replaceFirst("hosts: \\[.*]", "hosts: [\"127.0.0.1:1\"]"));
        ClientProgram.Result unread =
                postern(
                        any,
                        "check",
                        "-c",
                        elsewhere.toString(),
                        "-a",
                        GatewayFiles.AGENT,
                        "DROP TABLE customers");
        assertThat(unread.status()).isEqualTo(1);
        JsonNode catalog = JSON.readTree(unread.output()).path("catalog");
        assertThat(catalog.path("read").asBoolean(true)).isFalse();
        assertThat(catalog.path("reason").asText()).startsWith("127.0.0.1:1: ");
        assertThat(unread.output() + unread.errors()).doesNotContain(any.password());
    }
}
