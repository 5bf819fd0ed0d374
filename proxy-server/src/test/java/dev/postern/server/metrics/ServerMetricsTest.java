package dev.postern.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlState;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ServerMetricsTest {

    private static final Verdict ALLOW =
            new Verdict.Allow(
                    new StatementSummary("SELECT", "0123456789abcdef", List.of(), List.of()));

    private final ServerMetrics metrics = new ServerMetrics();

    @AfterEach
    void close() {
        metrics.close();
    }

    private static Verdict deny(String command, Rule rule) {
        return new Verdict.Deny(
                new StatementSummary(command, "", List.of(), List.of()),
                new Denial(rule, SqlState.INSUFFICIENT_PRIVILEGE, "no", 0, null, "yes"));
    }

    private List<String> lines() {
        return metrics.scrape(null).lines().filter(line -> !line.startsWith("#")).toList();
    }

    @Test
    void statements_are_counted_by_agent_decision_command_and_rule() {
        AgentMetrics bot = metrics.agent("bot");
        bot.decided(ALLOW);
        bot.decided(ALLOW);
        bot.decided(deny("DELETE", Rule.WRITE));
        metrics.agent("other").decided(deny("SELECT", Rule.FUNCTION_UNSAFE));
        assertThat(lines())
                .contains(
                        "postern_statements_total{agent=\"bot\",command=\"SELECT\",decision=\"allow\",rule=\"\"} 2.0",
                        "postern_statements_total{agent=\"bot\",command=\"DELETE\",decision=\"deny\",rule=\"write\"} 1.0",
                        "postern_statements_total{agent=\"other\",command=\"SELECT\",decision=\"deny\",rule=\"function_unsafe\"} 1.0");
    }

    @Test
    void agent_asked_for_twice_is_the_same() {
        assertThat(metrics.agent("bot")).isSameAs(metrics.agent("bot"));
    }

    @Test
    void completed_statements_add_rows_bytes_and_seconds() {
        AgentMetrics bot = metrics.agent("bot");
        bot.completed(3_000_000, 42, 4711);
        bot.completed(700_000_000, 8, 289);
        bot.sessionOpened();
        bot.sessionOpened();
        bot.sessionClosed();
        assertThat(lines())
                .contains(
                        "postern_rows_total{agent=\"bot\"} 50.0",
                        "postern_result_bytes_total{agent=\"bot\"} 5000.0",
                        "postern_sessions{agent=\"bot\"} 1.0",
                        "postern_statement_seconds_count{agent=\"bot\"} 2",
                        "postern_statement_seconds_bucket{agent=\"bot\",le=\"0.0025\"} 0",
                        "postern_statement_seconds_bucket{agent=\"bot\",le=\"0.005\"} 1",
                        "postern_statement_seconds_bucket{agent=\"bot\",le=\"1.0\"} 2",
                        "postern_statement_seconds_bucket{agent=\"bot\",le=\"+Inf\"} 2");
    }

    @Test
    void gate_cache_second_reader_and_logins_have_closed_label_sets_from_the_start() {
        metrics.gate(300_000);
        metrics.verdictCache(ServerMetrics.CacheResult.SHAPE);
        metrics.secondReader(ServerMetrics.SecondReaderResult.VETO);
        metrics.catalogRead(ServerMetrics.CatalogResult.READ);
        metrics.authenticationFailed(ServerMetrics.AuthenticationFailure.WRONG_PASSWORD);
        assertThat(lines())
                .contains(
                        "postern_gate_seconds_bucket{le=\"2.5E-4\"} 0",
                        "postern_gate_seconds_bucket{le=\"5.0E-4\"} 1",
                        "postern_verdict_cache_total{result=\"shape\"} 1.0",
                        "postern_verdict_cache_total{result=\"miss\"} 0.0",
                        "postern_second_reader_total{result=\"veto\"} 1.0",
                        "postern_second_reader_total{result=\"timeout\"} 0.0",
                        "postern_catalog_reads_total{result=\"read\"} 1.0",
                        "postern_catalog_reads_total{result=\"failed\"} 0.0",
                        "postern_authentication_failures_total{reason=\"wrong_password\"} 1.0",
                        "postern_authentication_failures_total{reason=\"unknown_agent\"} 0.0");
    }

    @Test
    void catalogs_are_published_by_upstream_and_database_once() {
        metrics.catalog("shop", "sales", () -> 4711, () -> 1.5);
        metrics.catalog("shop", "sales", () -> 1, () -> 1);
        metrics.catalog("shop", "hr", () -> Double.NaN, () -> Double.NaN);
        assertThat(lines())
                .contains(
                        "postern_catalog_objects{database=\"sales\",upstream=\"shop\"} 4711.0",
                        "postern_catalog_age_seconds{database=\"sales\",upstream=\"shop\"} 1.5",
                        "postern_catalog_objects{database=\"hr\",upstream=\"shop\"} NaN",
                        "postern_catalog_age_seconds{database=\"hr\",upstream=\"shop\"} NaN");
    }

    @Test
    void code_of_a_login_failure_finds_its_label_and_an_unknown_one_is_other() {
        assertThat(ServerMetrics.AuthenticationFailure.of("tls_handshake"))
                .isEqualTo(ServerMetrics.AuthenticationFailure.TLS_HANDSHAKE);
        assertThat(ServerMetrics.AuthenticationFailure.of("made up"))
                .isEqualTo(ServerMetrics.AuthenticationFailure.OTHER);
    }

    @Test
    void audit_counters_follow_the_trail() {
        AtomicLong events = new AtomicLong(7);
        metrics.audit(events::get, () -> 2);
        events.set(9);
        assertThat(lines())
                .contains("postern_audit_events_total 9.0", "postern_audit_failures_total 2.0");
    }

    @Test
    void upstream_gauges_follow_the_host() {
        AtomicReference<UpstreamStatus> status = new AtomicReference<>(UpstreamStatus.UNKNOWN);
        assertThat(metrics.upstream("replica-1:5432", true, false, status::get)).isTrue();
        assertThat(metrics.upstream("replica-1:5432", false, true, status::get)).isFalse();
        metrics.upstreamConnections(
                "replica-1:5432", ServerMetrics.ConnectionState.ACTIVE, () -> 3);
        assertThat(lines())
                .contains(
                        "postern_upstream_up{host=\"replica-1:5432\"} 0.0",
                        "postern_upstream_lag_seconds{host=\"replica-1:5432\"} NaN",
                        "postern_upstream_lag_bytes{host=\"replica-1:5432\"} NaN",
                        "postern_upstream_version{host=\"replica-1:5432\"} 0.0",
                        "postern_upstream_primary_allowed{host=\"replica-1:5432\"} 1.0",
                        "postern_upstream_writable_role_allowed{host=\"replica-1:5432\"} 0.0",
                        "postern_upstream_connections{host=\"replica-1:5432\",state=\"active\"} 3.0");
        status.set(new UpstreamStatus(true, true, 1.5, 8192, 180001, true));
        assertThat(lines())
                .contains(
                        "postern_upstream_up{host=\"replica-1:5432\"} 1.0",
                        "postern_upstream_standby{host=\"replica-1:5432\"} 1.0",
                        "postern_upstream_lag_seconds{host=\"replica-1:5432\"} 1.5",
                        "postern_upstream_lag_bytes{host=\"replica-1:5432\"} 8192.0",
                        "postern_upstream_version{host=\"replica-1:5432\"} 180001.0",
                        "postern_upstream_writable_role{host=\"replica-1:5432\"} 1.0");
    }

    @Test
    void objections_shares_and_lost_sessions_follow_their_hosts() {
        AtomicBoolean lags = new AtomicBoolean();
        metrics.upstreamObjection("replica-1:5432", "lag", lags::get);
        metrics.upstreamSelection("replica-1:5432", () -> 0.25, () -> 3);
        metrics.sessionLost("primary");
        metrics.sessionLost("primary");
        assertThat(lines())
                .contains(
                        "postern_upstream_objection{host=\"replica-1:5432\",reason=\"lag\"} 0.0",
                        "postern_upstream_share{host=\"replica-1:5432\"} 0.25",
                        "postern_upstream_ejections_total{host=\"replica-1:5432\"} 3.0",
                        "postern_upstream_sessions_lost_total{reason=\"primary\"} 2.0");
        lags.set(true);
        assertThat(lines())
                .contains("postern_upstream_objection{host=\"replica-1:5432\",reason=\"lag\"} 1.0");
    }

    @Test
    void process_and_jvm_are_there() {
        assertThat(metrics.scrape(null))
                .contains(
                        "jvm_memory_used_bytes",
                        "jvm_threads_live_threads",
                        "process_uptime_seconds",
                        "process_cpu_usage");
    }

    @Test
    void suppliers_outlive_a_garbage_collection() {
        metrics.audit(new AtomicLong(5)::get, new AtomicLong(6)::get);
        System.gc();
        assertThat(lines())
                .contains("postern_audit_events_total 5.0", "postern_audit_failures_total 6.0");
    }

    @Test
    void commands_beyond_a_closed_set_share_one_label() {
        AgentMetrics bot = metrics.agent("bot");
        for (int i = 0; i < 1000; i++) {
            bot.decided(deny("COMMAND" + i, Rule.WRITE));
        }
        List<String> counters =
                lines().stream()
                        .filter(line -> line.startsWith("postern_statements_total"))
                        .toList();
        assertThat(counters).hasSizeLessThanOrEqualTo(201);
        assertThat(counters)
                .anyMatch(line -> line.contains("command=\"OTHER\"") && line.endsWith(" 800.0"));
    }

    @Test
    void accept_header_chooses_the_format() {
        metrics.gate(1);
        assertThat(metrics.scrape("application/openmetrics-text;version=1.0.0,*/*;q=0.1"))
                .endsWith("# EOF\n");
        assertThat(ServerMetrics.contentType("application/openmetrics-text"))
                .isEqualTo(ServerMetrics.OPENMETRICS_TEXT);
        assertThat(metrics.scrape("text/plain")).doesNotContain("# EOF");
        assertThat(ServerMetrics.contentType(null)).isEqualTo(ServerMetrics.PROMETHEUS_TEXT);
    }
}
