package dev.postern.server.metrics;

import dev.postern.policy.Verdict;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** One agent's meters in the registry. */
final class RegisteredAgent implements AgentMetrics {

    private static final Duration[] STATEMENT_BUCKETS = {
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };

    private final StatementCounters statements;
    private final Timer seconds;
    private final LongAdder rows = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder sessions = new LongAdder();

    RegisteredAgent(MeterRegistry registry, String agent) {
        statements = new StatementCounters(registry, agent);
        seconds =
                Timer.builder("postern.statement")
                        .description("From forwarding a statement to its end")
                        .tag("agent", agent)
                        .serviceLevelObjectives(STATEMENT_BUCKETS)
                        .register(registry);
        FunctionCounter.builder("postern.rows", rows, LongAdder::sum)
                .description("Rows sent to agents")
                .tag("agent", agent)
                .register(registry);
        FunctionCounter.builder("postern.result.bytes", bytes, LongAdder::sum)
                .description("Bytes of results sent to agents")
                .tag("agent", agent)
                .register(registry);
        Gauge.builder("postern.sessions", sessions, LongAdder::sum)
                .description("Sessions open now")
                .tag("agent", agent)
                .register(registry);
    }

    @Override
    public void sessionOpened() {
        sessions.increment();
    }

    @Override
    public void sessionClosed() {
        sessions.decrement();
    }

    @Override
    public void decided(Verdict verdict) {
        statements.count(verdict);
    }

    @Override
    public void completed(long totalNanos, long rowCount, long byteCount) {
        seconds.record(totalNanos, TimeUnit.NANOSECONDS);
        rows.add(rowCount);
        bytes.add(byteCount);
    }
}
