package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.it.RawClient.Message;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Questions to Postern are answered as rows, to every client and wherever a statement may stand.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(EveryGateway.class)
record QuestionsIT(Gateway gateway) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void psql_showsPolicyAgentAndVerdicts() throws Exception {
        String policy = psql("SHOW postern.policy");
        assertThat(policy.lines())
                .contains("policy|it", "databases|shop", "limits.statement_timeout|60.0 s")
                .contains("limits.max_rows|unlimited", "limits.max_sessions|1000 at a time");

        assertThat(psql("SHOW postern.agent").lines())
                .contains("agent|it-agent", "owner|dana@example.com", "policy|it", "expires|never")
                .noneMatch(line -> line.contains("SCRAM"));

        JsonNode denied = JSON.readTree(psql("SELECT postern.check('DELETE FROM orders')"));
        assertThat(denied.path("decision").asText()).isEqualTo("deny");
        assertThat(denied.path("rule").asText()).isEqualTo("write");
        assertThat(denied.path("position").asInt()).isEqualTo(13);
        assertThat(psql("SELECT postern.check('SELECT 1') AS verdict").strip())
                .isEqualTo("{\"decision\":\"allow\"}");
        assertThat(psql("SELECT * FROM postern.check('SELEC')").strip())
                .startsWith("deny|syntax|42601|syntax error at or near \"SELEC\"|1||");
        assertThat(psql("SHOW postern.policy \\gdesc").lines())
                .containsExactly("name|text", "value|text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared", "extendedCacheEverything"})
    void jdbc_inEveryMode_getsAnswers(String mode) throws SQLException {
        Map<String, String> properties = Map.of("preferQueryMode", mode, "prepareThreshold", "2");
        try (Connection connection = gateway.agent().connect(properties);
                Statement plain = connection.createStatement();
                PreparedStatement check = connection.prepareStatement("SELECT postern.check(?)");
                PreparedStatement row =
                        connection.prepareStatement("SELECT * FROM postern.check(?)")) {
            try (ResultSet rows = plain.executeQuery("SHOW postern.agent")) {
                Map<String, String> agent = new LinkedHashMap<>();
                while (rows.next()) {
                    agent.put(rows.getString("name"), rows.getString("value"));
                }
                assertThat(agent).containsEntry("agent", "it-agent").containsEntry("policy", "it");
            }
            for (int turn = 0; turn < 5; turn++) {
                check.setString(1, turn % 2 == 0 ? "SELECT " + turn : "DROP TABLE t" + turn);
                try (ResultSet rows = check.executeQuery()) {
                    assertThat(rows.getMetaData().getColumnName(1)).isEqualTo("check");
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString(1))
                            .contains(
                                    "\"decision\":\"" + (turn % 2 == 0 ? "allow" : "deny") + "\"");
                    assertThat(rows.next()).isFalse();
                }
                row.setString(1, "SELECT 'é', f" + turn + "()");
                try (ResultSet rows = row.executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getString("rule")).isEqualTo("function_unknown");
                    assertThat(rows.getInt("position")).isEqualTo(13);
                    assertThat(rows.getString("object")).isEqualTo("f" + turn);
                }
            }
        }
    }

    @Test
    void jdbc_withFetchSizeInATransaction_getsAnswersInPortions() throws SQLException {
        try (Connection connection = gateway.agent().connect()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(3);
                int count = 0;
                try (ResultSet rows = statement.executeQuery("SHOW postern.policy")) {
                    while (rows.next()) {
                        count++;
                    }
                }
                assertThat(count).isGreaterThan(8);
            }
            connection.commit();
        }
    }

    static Stream<List<String>> programs() {
        return Stream.of(
                List.of(
                        "/usr/bin/python3",
                        Path.of(System.getProperty("postern.it.sources", "src/test"))
                                .resolve("python/check_psycopg.py")
                                .toAbsolutePath()
                                .toString()),
                List.of("node", TestEnvironment.target().resolve("node/check.js").toString()));
    }

    @ParameterizedTest
    @MethodSource("programs")
    void driversOfOtherLanguages_getAnswers(List<String> program) throws Exception {
        List<String> command = new ArrayList<>(program);
        command.add("questions");
        ClientProgram.Result result = ClientProgram.run(gateway.agent(), "", command);

        assertThat(result.status()).as(result.errors()).isZero();
        assertThat(result.output().lines())
                .containsExactly(
                        "agent it-agent",
                        "policy it",
                        "allow none",
                        "deny write",
                        "deny write",
                        "row deny function_unsafe 8",
                        "transaction allow");
    }

    @Test
    void everyPlaceInAConversation_isThatOfAStatement() throws Exception {
        try (RawClient client = RawClient.connect(gateway.agent())) {
            assertThat(types(client.query("SHOW postern.agent").answers(1)))
                    .matches("TD{12}CZ\\(I\\)");
            assertThat(
                            types(
                                    client.parse("", "SELECT 1")
                                            .bind("", "")
                                            .execute("", 0)
                                            .parse("q", "SHOW postern.policy")
                                            .describe('S', "q")
                                            .bind("p", "q")
                                            .describe('P', "p")
                                            .execute("p", 2)
                                            .execute("p", 1)
                                            .parse("", "SELECT postern.check($1)")
                                            .describe('S', "")
                                            .bind("", "", List.of("TABLE orders"))
                                            .execute("", 0)
                                            .parse("", "SELECT 2")
                                            .bind("", "")
                                            .execute("", 0)
                                            .sync()
                                            .answers(1)))
                    .isEqualTo("12DC" + "1tT2TDDsDs" + "1tT2DC" + "12DCZ(I)");
            assertThat(types(client.query("BEGIN").query("SHOW postern.agent").answers(2)))
                    .matches("CZ\\(T\\)TD{12}CZ\\(T\\)");
            List<Message> failed =
                    client.query("SELECT 1/0")
                            .query("SHOW postern.policy")
                            .query("SELECT postern.check('SELECT 1')")
                            .parse("", "SHOW postern.agent")
                            .bind("", "")
                            .execute("", 0)
                            .sync()
                            .query("ROLLBACK")
                            .answers(5);
            assertThat(types(failed)).isEqualTo("EZ(E)EZ(E)EZ(E)EZ(E)CZ(I)");
            assertThat(failed.stream().filter(message -> message.type() == 'E').skip(1))
                    .allSatisfy(error -> assertThat(error.field('C')).isEqualTo("25P02"));
        }
    }

    @Test
    void checkOfParameter_ofEveryKind_isAnswered() throws Exception {
        try (RawClient client = RawClient.connect(gateway.agent())) {
            assertThat(verdict(client, "COPY orders FROM STDIN")).contains("\"rule\":\"copy\"");
            assertThat(verdict(client, "")).isEqualTo("{\"decision\":\"allow\"}");
            assertThat(verdict(client, "SHOW postern.agent")).isEqualTo("{\"decision\":\"allow\"}");
            assertThat(verdict(client, "EXECUTE nobody")).contains("prepared_statement_unknown");
            assertThat(verdict(client, "SELECT '" + "x".repeat(300_000) + "'"))
                    .contains("\"rule\":\"text_too_long\"");
            assertThat(verdict(client, "SELECT '" + "\\'\\\"\n".repeat(50) + "', f()"))
                    .contains("\"decision\":\"deny\"");

            List<Message> wrongNumber =
                    client.parse("", "SELECT postern.check($1)")
                            .bind("", "", List.of("DELETE FROM orders", "SELECT 1"))
                            .sync()
                            .answers(1);
            assertThat(wrongNumber.get(1).field('C')).isEqualTo("08P01");
        }
    }

    @Test
    void otherForms_areRefusedWithTheFormsThatPass() throws Exception {
        try (RawClient client = RawClient.connect(gateway.agent())) {
            for (String text :
                    List.of(
                            "SHOW postern.policies",
                            "SELECT 1, postern.check('SELECT 1')",
                            "SELECT postern.agent()",
                            "SHOW postern.policy; SELECT 1")) {
                Message error = client.query(text).answers(1).getFirst();
                assertThat(error.field('D')).contains("\"rule\":\"question\"");
                assertThat(error.field('H')).contains("SELECT postern.check('…')");
            }
        }
    }

    @Test
    void question_isRecordedAsAsked_andWhatItAsksAboutNeverReachesTheServer() throws Exception {
        String mark = "m" + UUID.randomUUID().toString().replace("-", "");
        Refusals refusals = Refusals.watch(gateway);
        String question = "SELECT postern.check('TRUNCATE orders /* " + mark + " */')";
        try (RawClient client = RawClient.connect(gateway.agent())) {
            client.query(question).answers(1);
            client.parse("", "SELECT postern.check($1) AS " + mark)
                    .bind("", "", List.of("TRUNCATE " + mark + "x"))
                    .execute("", 0)
                    .sync()
                    .answers(1);
        }

        List<JsonNode> decided =
                Eventually.get(PATIENCE, () -> decisions(mark), found -> found.size() == 2);
        assertThat(decided)
                .map(event -> event.path("statement").asText())
                .containsExactly(question, "SELECT postern.check($1) AS " + mark);
        assertThat(decided)
                .allSatisfy(event -> {
                    assertThat(event.path("decision").asText()).isEqualTo("allow");
                    assertThat(event.path("command").asText()).isEqualTo("SELECT");
                    assertThat(event.path("functions").toString()).contains("postern.check");
                });
        refusals.assertNeverReached("/* " + mark);
        refusals.assertNeverReached("TRUNCATE " + mark);
    }

    private List<JsonNode> decisions(String mark) throws IOException {
        List<JsonNode> found = new ArrayList<>();
        for (String line : gateway.auditLines()) {
            JsonNode event = JSON.readTree(line);
            if (event.path("type").asText().equals("statement_decided")
                    && event.path("statement").asText().contains(mark)) {
                found.add(event);
            }
        }
        return found;
    }

    private String psql(String command) throws Exception {
        ClientProgram.Result result =
                ClientProgram.run(
                        gateway.agent(),
                        command + (command.contains("\\") ? "\n" : ";\n"),
                        List.of("psql", "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1"));
        assertThat(result.status()).as(result.errors()).isZero();
        return result.output();
    }

    private static @Nullable String verdict(RawClient client, String sql) throws IOException {
        List<Message> answer =
                client.parse("", "SELECT postern.check($1)")
                        .bind("", "", List.of(sql))
                        .execute("", 0)
                        .sync()
                        .answers(1);
        assertThat(types(answer)).isEqualTo("12DCZ(I)");
        DataInputStream row = new DataInputStream(new ByteArrayInputStream(answer.get(2).body()));
        assertThat(row.readShort()).isEqualTo((short) 1);
        return new String(row.readNBytes(row.readInt()), StandardCharsets.UTF_8);
    }

    private static String types(List<Message> messages) {
        StringBuilder types = new StringBuilder();
        messages.forEach(types::append);
        return types.toString();
    }
}
