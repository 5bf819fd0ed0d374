package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.server.cli.CommandLines.Result;
import dev.postern.server.config.Configuration;
import dev.postern.server.tools.Workbench;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

    @TempDir private Path directory;
    private Path file = Path.of("postern.yaml");

    /** Whether no host answers. */
    private boolean unreachable;

    private Workbench open(Configuration configuration, boolean offline)
            throws UnusableConfigurationException {
        if (configuration.gate().threads() == 7) {
            throw new UnusableConfigurationException("gate.memory: too little");
        }
        return new CatalogBench(unreachable || offline);
    }

    @BeforeEach
    void write() throws Exception {
        file =
                Files.writeString(
                        directory.resolve("postern.yaml"),
                        """
                        upstreams: {shop: {hosts: [replica-1.db], user: postern_reader}}
                        policies:
                          reporting:
                            upstream: shop
                            databases: [shop, stock]
                            relations: {allow: ["public.*"], deny: ["public.secrets"]}
                        """);
        assertThat(
                        CommandLines.run(
                                        PosternCommand.with(
                                                AgentCommand.create(() -> Instant.EPOCH)),
                                        "agent",
                                        "add",
                                        "bot",
                                        "-c",
                                        file.toString(),
                                        "-p",
                                        "reporting")
                                .exitCode())
                .isZero();
    }

    private Result check(String input, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "check";
        all[1] = "--config";
        all[2] = file.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandLines.run(
                PosternCommand.with(
                        new CheckCommand(
                                this::open,
                                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)))),
                all);
    }

    private static JsonNode json(Result result) {
        assertThat(result.out().lines()).hasSize(1);
        try {
            return new ObjectMapper().readTree(result.out());
        } catch (JsonProcessingException e) {
            throw new AssertionError(result.out(), e);
        }
    }

    @Test
    void allowedStatement_checked_isOneLineOfJsonAndExitCode0() {
        Result result = check("", "--agent", "bot", "SELECT sum(id) FROM orders");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .startsWith(
                        "{\"agent\":\"bot\",\"policy\":\"reporting\",\"decision\":\"allow\",\"command\":\"SELECT\",\"fingerprint\":\"")
                .contains(
                        "\"relations\":[\"orders\"],\"functions\":[\"sum\"],"
                                + "\"catalog\":{\"read\":true,\"database\":\"shop\",\"host\":\"replica-1.db:5432\",\"version\":15,\"search_path\":[\"pg_catalog\",\"public\"]},"
                                + "\"statements\":[");
    }

    @Test
    void deniedStatement_checked_isOneLineOfJsonAndExitCode1() {
        Result result = check("", "--agent", "bot", "DELETE FROM orders");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .startsWith(
                        "{\"agent\":\"bot\",\"policy\":\"reporting\",\"decision\":\"deny\",\"rule\":\"write\",\"sqlstate\":\"25006\",");
    }

    @Test
    void names_areExplainedWithWhatTheyMeanAndWhyTheyPass() {
        Result result =
                check(
                        "",
                        "--agent",
                        "bot",
                        "SELECT tax(id), risk(id), peek(id), sum(id) FROM big; SET search_path = app");
        JsonNode statements = json(result).path("statements");

        assertThat(result.exitCode()).isEqualTo(1);
        JsonNode relation = statements.path(0).path("relations").path(0);
        assertThat(relation.path("relation").asText()).isEqualTo("public.big");
        assertThat(relation.path("kind").asText()).isEqualTo("view");
        assertThat(relation.path("columns").toString()).isEqualTo("[\"id\"]");
        JsonNode functions = statements.path(0).path("functions");
        JsonNode tax = functions.path(0).path("candidates").path(0);
        assertThat(tax.path("function").asText()).isEqualTo("public.tax(int4)");
        assertThat(tax.path("language").asText()).isEqualTo("sql");
        assertThat(tax.path("grounds").asText()).isEqualTo("body");
        assertThat(functions.path(1).path("rule").asText()).isEqualTo("function_unknown");
        assertThat(functions.path(1).path("candidates").path(0).path("passes").asBoolean())
                .isFalse();
        assertThat(functions.path(2).path("rule").asText()).isEqualTo("relation_denied");
        assertThat(functions.path(3).path("candidates").path(0).path("grounds").asText())
                .isEqualTo("built_in");
        JsonNode setting = statements.path(1).path("settings").path(0);
        assertThat(setting.path("name").asText()).isEqualTo("search_path");
        assertThat(setting.path("values").toString()).isEqualTo("[\"app\"]");
    }

    @Test
    void explain_printsTextForPeopleThatSteersNoTerminal() {
        Result result =
                check(
                        "",
                        "--agent",
                        "bot",
                        "--explain",
                        "SELECT risk(id) AS \"\u001b[2J\" FROM orders");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out())
                .startsWith("deny[function_unknown]  agent bot, policy reporting\n")
                .contains(
                        "\nstatement 1: SELECT\n",
                        "\n  relation orders = public.orders, partitioned table, columns id\n",
                        "    does not pass: public.risk(int4), language plpgsql: ")
                .doesNotContain("\u001b");
    }

    @Test
    void searchPath_given_decidesWhatNamesMean() {
        assertThat(check("", "--agent", "bot", "SELECT id FROM notes").exitCode()).isEqualTo(1);
        Result result = check("", "--agent", "bot", "--search-path", "app", "SELECT id FROM notes");
        assertThat(json(result).path("rule").asText()).isEqualTo("relation_denied");
        assertThat(json(result).path("catalog").path("search_path").toString())
                .isEqualTo("[\"pg_catalog\",\"app\"]");
        assertThat(json(check("", "--agent", "bot", "SELECT id FROM notes")).path("rule").asText())
                .isEqualTo("relation_unknown");
    }

    @Test
    void hostsThatDoNotAnswer_leaveAVerdictByNamesThatSaysSo() {
        unreachable = true;
        Result result = check("", "--agent", "bot", "DROP TABLE customers");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(json(result).path("rule").asText()).isEqualTo("write");
        assertThat(json(result).path("catalog").toString())
                .isEqualTo(
                        "{\"read\":false,\"database\":\"shop\",\"reason\":\"replica-1.db:5432: it sleeps\"}");
        assertThat(result.err())
                .isEqualTo(
                        "postern: judged by names alone, since the catalog of database shop could not be read: replica-1.db:5432: it sleeps\n");
        assertThat(check("", "--agent", "bot", "--offline", "SELECT 1").err()).isEmpty();
    }

    @Test
    void database_given_isOneOfThePolicys() {
        assertThat(
                        json(check("", "--agent", "bot", "--database", "stock", "SELECT 1"))
                                .path("catalog")
                                .path("database")
                                .asText())
                .isEqualTo("stock");
        assertThat(check("", "--agent", "bot", "--database", "stok", "SELECT 1"))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "postern: policy \"reporting\" does not open database \"stok\" (did you mean stock?)\n"));
    }

    @Test
    void standardInput_checked_withAHyphenOrNothing() {
        assertThat(check("DELETE FROM orders", "--agent", "bot", "-").exitCode()).isEqualTo(1);
        assertThat(check("SELECT 1", "--agent", "bot").exitCode()).isZero();
    }

    @Test
    void trouble_isExitCode2WithItsReason() throws Exception {
        assertThat(check("", "--agent", "bto", "SELECT 1"))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "postern: there is no agent \"bto\" in "
                                        + file
                                        + " (did you mean bot?)\n"));
        assertThat(check("", "--agent", "bot", "--search-path", "a b", "SELECT 1").err())
                .isEqualTo("postern: --search-path: expected names with commas between them\n");
        assertThat(check("", "SELECT 1").exitCode()).isEqualTo(2);
        Files.writeString(file, Files.readString(file) + "gate: {threads: 7}\n");
        assertThat(check("", "--agent", "bot", "SELECT 1"))
                .isEqualTo(new Result(2, "", "postern: " + file + ": gate.memory: too little\n"));
    }
}
