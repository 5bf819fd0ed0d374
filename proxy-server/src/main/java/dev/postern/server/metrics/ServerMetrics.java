package dev.postern.server.metrics;

import dev.postern.policy.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Every number that Postern publishes; {@code docs/metrics.md} lists them. Micrometer stays behind
 * this class.
 *
 * <p>Label values come from the configuration or from closed sets: a name that a client made up is
 * never one. Names are PostgreSQL's or the configuration's words, units are Prometheus's base
 * units.
 */
public final class ServerMetrics implements AutoCloseable {

    /** What Prometheus 0.0.4 text calls itself. */
    public static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    /** What OpenMetrics text calls itself. */
    public static final String OPENMETRICS_TEXT =
            "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /** The label of whatever belongs to no configured agent. */
    private static final String UNCONFIGURED = "";

    private static final Duration[] GATE_BUCKETS = {
        Duration.ofNanos(2_000),
        Duration.ofNanos(10_000),
        Duration.ofNanos(50_000),
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(200)
    };

    /** What a lookup in the verdict cache found. */
    public enum CacheResult {
        /** The same text. */
        TEXT,
        /** A text of the same shape. */
        SHAPE,
        /** Nothing. */
        MISS
    }

    /** What the second reader made of a text. */
    public enum SecondReaderResult {
        /** It sees reads too. */
        AGREES,
        /** It sees a write: a veto. */
        VETO,
        /** It sees reads, but another number of statements. */
        COUNT_DIFFERS,
        /** It cannot read the text. */
        UNREADABLE,
        /** It ran out of time or of room in its queue. */
        TIMEOUT
    }

    /** How a look at a database's catalog ended. */
    public enum CatalogResult {
        /** A new snapshot was read. */
        READ,
        /** Nothing had changed. */
        UNCHANGED,
        /** It failed. */
        FAILED
    }

    /** Why a login was refused. */
    public enum AuthenticationFailure {
        UNKNOWN_AGENT,
        WRONG_PASSWORD,
        NETWORK,
        EXPIRED,
        TLS_REQUIRED,
        TLS_HANDSHAKE,
        DATA_BEFORE_TLS,
        DATABASE,
        PARAMETER,
        SESSION_LIMIT,
        TOO_MANY_CONNECTIONS,
        PROTOCOL,
        UNEXPECTED_MESSAGE,
        TIMEOUT,
        UPSTREAM,
        OTHER;

        private final String code = name().toLowerCase(Locale.ROOT);

        /**
         * Returns the failure of a code such as {@code wrong_password}, {@link #OTHER} for one that
         * is not among these.
         */
        public static AuthenticationFailure of(String code) {
            for (AuthenticationFailure failure : values()) {
                if (failure.code.equals(code)) {
                    return failure;
                }
            }
            return OTHER;
        }
    }

    /** In which state a connection to an upstream can be. */
    public enum ConnectionState {
        ACTIVE,
        IDLE,
        CONNECTING
    }

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Map<String, AgentMetrics> agents = new ConcurrentHashMap<>();
    private final Map<String, Supplier<UpstreamStatus>> hosts = new ConcurrentHashMap<>();

    /** Micrometer holds what its function counters read by weak references only. */
    private final Queue<LongSupplier> sources = new ConcurrentLinkedQueue<>();

    private final Timer gate;
    private final Map<CacheResult, Counter> cache = new EnumMap<>(CacheResult.class);
    private final Map<SecondReaderResult, Counter> secondReader =
            new EnumMap<>(SecondReaderResult.class);
    private final Map<CatalogResult, Counter> catalogReads = new EnumMap<>(CatalogResult.class);
    private final Set<Tags> catalogs = ConcurrentHashMap.newKeySet();
    private final Map<AuthenticationFailure, Counter> authenticationFailures =
            new EnumMap<>(AuthenticationFailure.class);

    /** Makes the registry with the process's own metrics in it. */
    public ServerMetrics() {
        gate =
                Timer.builder("postern.gate")
                        .description("From a statement's text to its verdict")
                        .serviceLevelObjectives(GATE_BUCKETS)
                        .register(registry);
        counters(
                cache,
                CacheResult.values(),
                "postern.verdict.cache",
                "result",
                "Lookups in the verdict cache");
        counters(
                secondReader,
                SecondReaderResult.values(),
                "postern.second.reader",
                "result",
                "Texts shown to the second reader");
        counters(
                catalogReads,
                CatalogResult.values(),
                "postern.catalog.reads",
                "result",
                "Looks at databases' catalogs");
        counters(
                authenticationFailures,
                AuthenticationFailure.values(),
                "postern.authentication.failures",
                "reason",
                "Logins refused");
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        gc.bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    private <K extends Enum<K>> void counters(
            Map<K, Counter> into, K[] values, String name, String label, String description) {
        for (K value : values) {
            into.put(
                    value,
                    Counter.builder(name)
                            .description(description)
                            .tag(label, value.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    /**
     * Returns the numbers of a configured agent; a session asks once and keeps them.
     *
     * @param configuredName an agent of the configuration: the caller has authenticated it
     */
    public AgentMetrics agent(String configuredName) {
        return agents.computeIfAbsent(configuredName, name -> new RegisteredAgent(registry, name));
    }

    /**
     * Returns the numbers of an upstream's pools.
     *
     * @param upstream its configured name; asked for once
     */
    public PoolMetrics pool(String upstream) {
        return new RegisteredPool(registry, upstream);
    }

    /** Counts a statement that was refused before anyone had authenticated. */
    public void decidedWithoutAgent(Verdict verdict) {
        agent(UNCONFIGURED).decided(verdict);
    }

    /** Records how long a verdict took. */
    public void gate(long nanos) {
        gate.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void verdictCache(CacheResult result) {
        increment(cache.get(result));
    }

    public void secondReader(SecondReaderResult result) {
        increment(secondReader.get(result));
    }

    public void catalogRead(CatalogResult result) {
        increment(catalogReads.get(result));
    }

    /**
     * Publishes the state of a database's catalog.
     *
     * @param upstream an upstream of the configuration
     * @param database a database that a policy opens
     * @param objects how many objects it has; NaN if it was not read
     * @param ageSeconds how long ago it was last found to be up to date; NaN if it was not read
     */
    public void catalog(
            String upstream, String database, DoubleSupplier objects, DoubleSupplier ageSeconds) {
        Tags tags = Tags.of("upstream", upstream, "database", database);
        if (!catalogs.add(tags)) {
            return;
        }
        gauge(
                "postern.catalog.objects",
                "Functions, operators, types, casts and relations in the database's catalog",
                tags,
                objects::getAsDouble);
        Gauge.builder("postern.catalog.age", ageSeconds, DoubleSupplier::getAsDouble)
                .description("Since the catalog was last found to be up to date; NaN if not read")
                .baseUnit("seconds")
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    public void authenticationFailed(AuthenticationFailure reason) {
        increment(authenticationFailures.get(reason));
    }

    private static void increment(@Nullable Counter counter) {
        if (counter != null) {
            counter.increment();
        }
    }

    /** Publishes the audit trail's two counters. */
    public void audit(LongSupplier events, LongSupplier failures) {
        counter("postern.audit.events", "Events accepted by the audit trail", events);
        counter(
                "postern.audit.failures",
                "Events not accepted, and failed attempts to write the trail",
                failures);
    }

    /**
     * Publishes the state of an upstream host.
     *
     * @param host a host of the configuration, {@code replica-1.db:5432}
     * @param primaryAllowed {@code allow_primary} of its upstream
     * @param writableRoleAllowed {@code allow_writable_role} of its upstream
     * @return false if it is published already, since another upstream has the same host
     */
    public boolean upstream(
            String host,
            boolean primaryAllowed,
            boolean writableRoleAllowed,
            Supplier<UpstreamStatus> status) {
        if (hosts.putIfAbsent(host, status) != null) {
            return false;
        }
        Tags tags = Tags.of("host", host);
        gauge("postern.upstream.up", "1 if the host answers", tags, () -> flag(status.get().up()));
        gauge(
                "postern.upstream.standby",
                "1 if the host is a hot standby",
                tags,
                () -> flag(status.get().standby()));
        Gauge.builder("postern.upstream.lag", status, s -> s.get().lagSeconds())
                .description("How far replay is behind; NaN if unknown")
                .baseUnit("seconds")
                .tags(tags)
                .strongReference(true)
                .register(registry);
        gauge(
                "postern.upstream.lag.bytes",
                "What the host has received and not replayed; NaN if unknown",
                tags,
                () -> status.get().lagBytes());
        gauge(
                "postern.upstream.version",
                "The server's version as server_version_num has it; 0 if unknown",
                tags,
                () -> status.get().version());
        gauge(
                "postern.upstream.writable.role.allowed",
                "1 if allow_writable_role is set for the host's upstream",
                tags,
                () -> flag(writableRoleAllowed));
        gauge(
                "postern.upstream.writable.role",
                "1 if the upstream role could write",
                tags,
                () -> flag(status.get().writableRole()));
        gauge(
                "postern.upstream.primary.allowed",
                "1 if allow_primary is set for the host's upstream",
                tags,
                () -> flag(primaryAllowed));
        return true;
    }

    /**
     * Publishes whether a host gets no sessions for one reason.
     *
     * @param reason of a closed set
     */
    public void upstreamObjection(String host, String reason, BooleanSupplier holds) {
        gauge(
                "postern.upstream.objection",
                "1 if the host gets no sessions for this reason",
                Tags.of("host", host, "reason", reason),
                () -> flag(holds.getAsBoolean()));
    }

    /**
     * Publishes how a host takes part in the choice of hosts.
     *
     * @param share of what it would get at its best, 0 to 1
     * @param ejections since the start
     */
    public void upstreamSelection(String host, DoubleSupplier share, LongSupplier ejections) {
        Tags tags = Tags.of("host", host);
        gauge(
                "postern.upstream.share",
                "Of the connections that the host would get at its best: 0 while it is ejected",
                tags,
                share::getAsDouble);
        sources.add(ejections);
        FunctionCounter.builder("postern.upstream.ejections", ejections, LongSupplier::getAsLong)
                .description("How often the host was ejected")
                .tags(tags)
                .register(registry);
    }

    /**
     * Counts a session that ended since its host must be left.
     *
     * @param reason of a closed set
     */
    public void sessionLost(String reason) {
        Counter.builder("postern.upstream.sessions.lost")
                .description("Sessions that ended since their host had to be left")
                .tag("reason", reason)
                .register(registry)
                .increment();
    }

    /** Publishes how many connections to a host are in a state. */
    public void upstreamConnections(String host, ConnectionState state, LongSupplier count) {
        gauge(
                "postern.upstream.connections",
                "Connections to the host",
                Tags.of("host", host, "state", state.name().toLowerCase(Locale.ROOT)),
                count::getAsLong);
    }

    private void counter(String name, String description, LongSupplier source) {
        sources.add(source);
        FunctionCounter.builder(name, source, LongSupplier::getAsLong)
                .description(description)
                .register(registry);
    }

    private void gauge(String name, String description, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private static int flag(boolean value) {
        return value ? 1 : 0;
    }

    /** Writes all numbers in the form that {@link #contentType} names for the same header. */
    public String scrape(@Nullable String accept) {
        return registry.scrape(contentType(accept));
    }

    /**
     * Returns the content type that fits an Accept header: OpenMetrics where it is asked for,
     * Prometheus's own otherwise.
     */
    public static String contentType(@Nullable String accept) {
        return accept != null && accept.contains("application/openmetrics-text")
                ? OPENMETRICS_TEXT
                : PROMETHEUS_TEXT;
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
