package dev.postern.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** The numbers of one upstream's pools. */
final class RegisteredPool implements PoolMetrics {

    private static final Duration[] WAIT_BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofMillis(1),
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final String upstream;
    private final Timer wait;
    private final Counter timeouts;
    private final LongAdder waiting = new LongAdder();
    private final LongAdder limit = new LongAdder();
    private final Map<String, Counter> discarded = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> pinned = new ConcurrentHashMap<>();

    RegisteredPool(MeterRegistry registry, String upstream) {
        this.registry = registry;
        this.upstream = upstream;
        wait =
                Timer.builder("postern.pool.wait")
                        .description("From asking for a connection to having one")
                        .tag("upstream", upstream)
                        .serviceLevelObjectives(WAIT_BUCKETS)
                        .register(registry);
        timeouts =
                Counter.builder("postern.pool.timeouts")
                        .description("Sessions that waited for a connection in vain")
                        .tag("upstream", upstream)
                        .register(registry);
        Gauge.builder("postern.pool.waiting", waiting, LongAdder::sum)
                .description("Sessions that wait for a connection now")
                .tag("upstream", upstream)
                .register(registry);
        Gauge.builder("postern.pool.concurrency.limit", limit, LongAdder::sum)
                .description("Transactions that may be on their connections while others wait")
                .tag("upstream", upstream)
                .register(registry);
    }

    @Override
    public void waiting(int change) {
        waiting.add(change);
    }

    @Override
    public void waited(long nanos) {
        wait.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void timedOut() {
        timeouts.increment();
    }

    @Override
    public void limit(int change) {
        limit.add(change);
    }

    @Override
    public void discarded(String reason) {
        discarded
                .computeIfAbsent(
                        reason,
                        name ->
                                Counter.builder("postern.pool.discarded")
                                        .description("Connections closed rather than used again")
                                        .tag("upstream", upstream)
                                        .tag("reason", name)
                                        .register(registry))
                .increment();
    }

    @Override
    public void pinned(String reason, int change) {
        pinned.computeIfAbsent(
                        reason,
                        name -> {
                            LongAdder sessions = new LongAdder();
                            Gauge.builder("postern.pool.pinned", sessions, LongAdder::sum)
                                    .description(
                                            "Sessions that keep their connections between transactions")
                                    .tag("upstream", upstream)
                                    .tag("reason", name)
                                    .register(registry);
                            return sessions;
                        })
                .add(change);
    }
}
