package dev.postern.bench;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.EventEncoder;
import dev.postern.audit.EventId;
import dev.postern.audit.HashChain;
import dev.postern.audit.SessionContext;
import dev.postern.identity.Principal;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the audit trail costs for one statement: the two events encoded on the event loop, and one
 * line sealed into the hash chain by the writer's thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class AuditBenchmark {

    private static final long TIME = 1_795_456_466_123L;
    private static final SessionContext SESSION =
            new SessionContext(
                    "0199c0de-0000-7000-8000-000000000001",
                    "127.0.0.1:51234",
                    null,
                    new Principal(
                            "report-bot",
                            "dana@example.com",
                            Principal.HumanSource.CREDENTIAL,
                            null,
                            null),
                    "shop",
                    "standby",
                    "reporting");
    private static final Verdict ALLOW =
            new Verdict.Allow(
                    new StatementSummary(
                            "SELECT", "0123456789abcdef", List.of("pgbench_accounts"), List.of()));

    private final EventEncoder encoder = new EventEncoder(EventEncoder.DEFAULT_STATEMENT_LIMIT);
    private final HashChain chain = new HashChain(HashChain.genesis());
    private byte[] line = new byte[4096];
    private int lineLength;
    private long events;

    @Benchmark
    public int decidedAndCompleted() {
        events++;
        EventId id = EventId.of(TIME, events, events);
        int decided =
                encoder.encode(
                        new AuditEvent.StatementDecided(
                                id,
                                TIME,
                                SESSION,
                                AuditEvent.Protocol.SIMPLE,
                                AgentQueries.text(
                                        "SELECT abalance FROM pgbench_accounts WHERE aid = 1234567;"),
                                ALLOW,
                                850));
        int completed =
                encoder.encode(
                        new AuditEvent.StatementCompleted(
                                id,
                                TIME,
                                SESSION,
                                AuditEvent.Protocol.SIMPLE,
                                "SELECT",
                                1,
                                78,
                                61_000,
                                64_000,
                                null,
                                null,
                                12_000_000));
        return decided + completed;
    }

    @Benchmark
    public int sealedLine() {
        if (lineLength == 0) {
            lineLength =
                    encoder.encode(
                            new AuditEvent.StatementDecided(
                                    EventId.of(TIME, 1, 1),
                                    TIME,
                                    SESSION,
                                    AuditEvent.Protocol.SIMPLE,
                                    AgentQueries.text(
                                            "SELECT abalance FROM pgbench_accounts WHERE aid = 1234567;"),
                                    ALLOW,
                                    850));
            System.arraycopy(encoder.array(), 0, line, 0, lineLength);
        }
        return chain.seal(line, 0, lineLength, ++events);
    }
}
