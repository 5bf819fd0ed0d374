package dev.postern.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The document lists what is published, and dashboard and alerts ask for nothing else. */
final class MetricsDocumentTest {

    private static final Path PROJECT = Path.of("..");
    private static final Pattern ROW =
            Pattern.compile("^\\| `(postern_[a-z_]+)` \\| ([a-z]+) \\|.*");
    private static final Pattern TYPE = Pattern.compile("^# TYPE (postern_[a-z_]+) ([a-z]+)$");
    private static final Pattern NAME = Pattern.compile("\\bpostern_[a-z_]+\\b");

    @Test
    void document_hasEveryMetricAndNoOther() throws IOException {
        assertThat(documented()).isEqualTo(published());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "deploy/grafana/postern.json",
                "deploy/prometheus/postern-alerts.yaml",
                "docs/operations.md"
            })
    void names_areOfMetricsThatExist(String file) throws IOException {
        Collection<String> names = documented().keySet();
        List<String> used =
                NAME.matcher(Files.readString(PROJECT.resolve(file)))
                        .results()
                        .map(match -> match.group().replaceFirst("_bucket$", ""))
                        .filter(name -> !name.equals("postern_reader"))
                        .toList();
        assertThat(used).isNotEmpty();
        assertThat(names).containsAll(used);
    }

    private static Map<String, String> documented() throws IOException {
        return pairs(ROW, Files.readAllLines(PROJECT.resolve("docs/metrics.md")));
    }

    private static Map<String, String> published() {
        try (ServerMetrics metrics = new ServerMetrics()) {
            metrics.agent("bot")
                    .decided(
                            new Verdict.Allow(
                                    new StatementSummary("SELECT", "", List.of(), List.of())));
            metrics.catalog("shop", "sales", () -> 1, () -> 1);
            metrics.audit(() -> 1, () -> 0);
            metrics.upstream("host:5432", false, false, () -> UpstreamStatus.UNKNOWN);
            metrics.upstreamObjection("host:5432", "lag", () -> false);
            metrics.upstreamSelection("host:5432", () -> 1, () -> 0);
            metrics.upstreamConnections("host:5432", ServerMetrics.ConnectionState.IDLE, () -> 1);
            metrics.sessionLost("primary");
            PoolMetrics pool = metrics.pool("shop");
            pool.discarded("idle");
            pool.pinned("cursor", 1);
            Map<String, String> all = pairs(TYPE, metrics.scrape(null).lines().toList());
            all.keySet().removeIf(name -> name.endsWith("_seconds_max"));
            return all;
        }
    }

    private static Map<String, String> pairs(Pattern pattern, List<String> lines) {
        Map<String, String> pairs = new TreeMap<>();
        for (String line : lines) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.matches()) {
                pairs.put(matcher.group(1), matcher.group(2));
            }
        }
        return pairs;
    }
}
