package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** What agents did stands in the audit trail and in the metrics, in either protocol. */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(NewestGateway.class)
record AuditIT(Gateway gateway) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void statements_inBothProtocols_areRecordedWithWhoWhatAndHowMuch() throws Exception {
        String mark = "m" + UUID.randomUUID().toString().replace("-", "");
        try (RawClient client = RawClient.connect(gateway.agent())) {
            client.query("SELECT id AS " + mark + " FROM products").answers(1);
            client.parse("s", "SELECT id AS " + mark + " FROM customers")
                    .bind("", "s")
                    .execute("", 0)
                    .bind("", "s")
                    .execute("", 5)
                    .sync()
                    .answers(1);
            client.query("DELETE FROM orders AS " + mark).answers(1);
            client.parse(
                            "",
                            "WITH gone AS (DELETE FROM orders AS "
                                    + mark
                                    + " RETURNING 1) SELECT 1 FROM gone")
                    .sync()
                    .answers(1);
        }

        List<JsonNode> decided = awaitDecisions(mark, 5);
        assertThat(decided)
                .map(event -> event.path("decision").asText())
                .containsExactly("allow", "allow", "allow", "deny", "deny");
        assertThat(decided)
                .map(event -> event.path("protocol").asText())
                .containsExactly("simple", "extended", "extended", "simple", "extended");
        assertThat(decided)
                .allSatisfy(event -> {
                    assertThat(event.path("agent").asText()).isEqualTo(gateway.agent().user());
                    assertThat(event.path("human").asText()).isEqualTo("dana@example.com");
                    assertThat(event.path("human_source").asText()).isEqualTo("credential");
                    assertThat(event.path("database").asText()).isEqualTo("shop");
                    assertThat(event.path("hash").asText()).isNotBlank();
                });
        assertThat(decided.get(3).path("rule").asText()).isEqualTo("write");
        assertThat(decided.get(4).path("rule").asText()).isEqualTo("data_modifying_cte");
        assertThat(rowsOf(decided.get(0))).isEqualTo(200);
        assertThat(rowsOf(decided.get(1))).isEqualTo(2000);
    }

    @Test
    void statements_areCountedInTheMetrics() throws Exception {
        try (RawClient client = RawClient.connect(gateway.agent())) {
            client.query("SELECT 1").answers(1);
            client.query("DELETE FROM orders").answers(1);
        }
        HttpResponse<String> metrics = gateway.admin("/metrics");

        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.body().lines())
                .anyMatch(line ->
                        line.matches(
                                "postern_statements_total\\{.*agent=\"it-agent\".*decision=\"allow\".*"))
                .anyMatch(line ->
                        line.matches(
                                "postern_statements_total\\{.*decision=\"deny\".*rule=\"write\".*"))
                .anyMatch(line -> line.startsWith("postern_rows_total"))
                .anyMatch(line -> line.startsWith("postern_gate_seconds_bucket"))
                .anyMatch(line -> line.startsWith("postern_upstream_up"))
                .anyMatch(line -> line.startsWith("jvm_memory_used_bytes"));
    }

    @Test
    void servingPostern_isHealthyAndReady() throws Exception {
        assertThat(gateway.admin("/healthz").statusCode()).isEqualTo(200);
        assertThat(gateway.admin("/readyz").statusCode()).isEqualTo(200);
    }

    private long rowsOf(JsonNode decided) throws IOException {
        return events().stream()
                .filter(event -> event.path("type").asText().equals("statement_completed"))
                .filter(event -> event.path("id").equals(decided.path("id")))
                .findFirst()
                .orElseThrow()
                .path("rows")
                .asLong();
    }

    private List<JsonNode> awaitDecisions(String mark, int count) throws Exception {
        List<JsonNode> found =
                Eventually.get(
                        PATIENCE,
                        () -> {
                            List<JsonNode> decided = new ArrayList<>();
                            for (JsonNode event : events()) {
                                if (event.path("type").asText().equals("statement_decided")
                                        && event.path("statement").asText().contains(mark)) {
                                    decided.add(event);
                                }
                            }
                            return decided;
                        },
                        decided -> decided.size() == count);
        assertThat(found).hasSize(count);
        return found;
    }

    private List<JsonNode> events() throws IOException {
        List<JsonNode> events = new ArrayList<>();
        for (String line : gateway.auditLines()) {
            events.add(JSON.readTree(line));
        }
        return events;
    }
}
