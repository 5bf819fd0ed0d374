package dev.postern.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.audit.SessionContext;
import dev.postern.identity.Agent;
import dev.postern.identity.Network;
import dev.postern.identity.Principal;
import dev.postern.identity.ScramVerifier;
import dev.postern.policy.Access;
import dev.postern.policy.Policy;
import dev.postern.server.enforce.AnswerRow;
import dev.postern.server.enforce.SessionLimits;
import dev.postern.server.secrets.GeneratedCredential;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an agent is told of its policy and of itself. */
class AnswerRowsTest {

    private static final Policy POLICY =
            new Policy(
                    "reporting",
                    Access.DEFAULT
                            .withFunctions(List.of("public.distance(*)"))
                            .withRelations(List.of("public.*"), List.of("public.password_*"))
                            .withDeniedColumns(List.of("public.users.password_hash")));

    @Test
    void policy_withLimits_tellsThemWithTheirUnits() {
        Map<String, String> rows =
                asMap(
                        PolicyRows.of(
                                POLICY,
                                List.of("shop", "stock"),
                                limits(Duration.ofMillis(1500), 1000, 4096),
                                Duration.ofSeconds(10),
                                10,
                                600));

        assertThat(rows.keySet())
                .startsWith(
                        "policy",
                        "databases",
                        "relations.allow",
                        "relations.deny",
                        "columns.deny",
                        "functions.allow",
                        "mode")
                .contains("statements", "settings", "errors", "check");
        assertThat(rows)
                .containsEntry("policy", "reporting")
                .containsEntry("databases", "shop, stock")
                .containsEntry("relations.allow", "public.*")
                .containsEntry("relations.deny", "public.password_*")
                .containsEntry("columns.deny", "public.users.password_hash")
                .containsEntry("mode", "enforce")
                .containsEntry("limits.statement_timeout", "1.5 s")
                .containsEntry("limits.max_rows", "1000 rows of a statement")
                .containsEntry("limits.max_result", "4096 bytes of a statement")
                .containsEntry("limits.max_sessions", "10 at a time")
                .containsEntry("limits.queries_per_minute", "600 statements a minute")
                .containsEntry("max_lag", "what is read is at most 10.0 s behind the primary");
        assertThat(rows.get("functions.allow")).startsWith("public.distance(*)");
        assertThat(rows.get("settings")).contains("search_path").contains("statement_timeout");
    }

    @Test
    void policy_withoutLimits_saysUnlimited() {
        Map<String, String> rows =
                asMap(
                        PolicyRows.of(
                                new Policy("p", Access.DEFAULT),
                                List.of("shop"),
                                limits(null, Long.MAX_VALUE, Long.MAX_VALUE),
                                null,
                                1,
                                null));

        assertThat(rows)
                .containsEntry("limits.statement_timeout", "unlimited")
                .containsEntry("limits.max_rows", "unlimited")
                .containsEntry("limits.max_result", "unlimited")
                .containsEntry("limits.queries_per_minute", "unlimited")
                .containsEntry("max_lag", "unlimited");
        assertThat(rows.get("functions.allow")).startsWith("those that are known");
    }

    @Test
    void agent_tellsWhoItIs_withoutItsVerifierNorTheUpstream() {
        ScramVerifier verifier = GeneratedCredential.create().verifier();
        Agent agent =
                new Agent(
                        "report-bot",
                        "reporting",
                        "dana@example.com",
                        verifier,
                        List.of(Network.parse("10.0.0.0/8")),
                        Instant.parse("2027-03-01T00:00:00Z"));
        List<AnswerRow> rows =
                AgentRows.of(
                        agent,
                        POLICY,
                        new SessionContext(
                                "0199",
                                "10.1.2.3:4567",
                                "TLSv1.3",
                                new Principal(
                                        "report-bot",
                                        "kim@example.com",
                                        Principal.HumanSource.DECLARED,
                                        "monthly report",
                                        null),
                                "shop",
                                "replica-of-shop",
                                "reporting"));

        assertThat(asMap(rows))
                .containsExactly(
                        Map.entry("agent", "report-bot"),
                        Map.entry("owner", "dana@example.com"),
                        Map.entry("human", "kim@example.com (as the agent declares)"),
                        Map.entry("task", "monthly report"),
                        Map.entry("prompt", "none"),
                        Map.entry("policy", "reporting"),
                        Map.entry("database", "shop"),
                        Map.entry("session", "0199"),
                        Map.entry("client", "10.1.2.3:4567"),
                        Map.entry("tls", "TLSv1.3"),
                        Map.entry("networks", "10.0.0.0/8"),
                        Map.entry("expires", "2027-03-01T00:00:00Z"));
        assertThat(rows.toString())
                .doesNotContain("SCRAM")
                .doesNotContain(verifier.encode())
                .doesNotContain("replica-of-shop");
    }

    private static SessionLimits limits(@Nullable Duration timeout, long rows, long bytes) {
        return new SessionLimits(timeout, rows, bytes, 1, 1, 1, null);
    }

    private static Map<String, String> asMap(List<AnswerRow> rows) {
        Map<String, String> map = new LinkedHashMap<>();
        rows.forEach(row -> assertThat(map.put(row.name(), row.value())).isNull());
        return map;
    }
}
