package dev.postern.server;

import dev.postern.identity.Agent;
import dev.postern.identity.Network;
import dev.postern.identity.ScramVerifier;
import dev.postern.policy.Access;
import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.protocol.FrameLimits;
import dev.postern.server.audit.AuditTrailSettings;
import dev.postern.server.catalog.CatalogLimits;
import dev.postern.server.catalog.CatalogSettings;
import dev.postern.server.catalog.DatabaseKey;
import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.AgentConfig;
import dev.postern.server.config.AuditConfig;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.GateConfig;
import dev.postern.server.config.HostPort;
import dev.postern.server.config.LimitsConfig;
import dev.postern.server.config.ListenTlsConfig;
import dev.postern.server.config.PeersConfig;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.config.PoolConfig;
import dev.postern.server.config.RelationsConfig;
import dev.postern.server.config.SessionConfig;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.enforce.GateObserver;
import dev.postern.server.enforce.GateSettings;
import dev.postern.server.enforce.SessionLimits;
import dev.postern.server.enforce.VerdictService;
import dev.postern.server.frontend.CancelKeys;
import dev.postern.server.metrics.PoolMetrics;
import dev.postern.server.pool.PoolMode;
import dev.postern.server.pool.PoolSettings;
import dev.postern.server.pool.UpstreamPools;
import dev.postern.server.tls.InvalidTlsFileException;
import dev.postern.server.tls.ListenTls;
import dev.postern.server.upstream.HostSelection;
import dev.postern.server.upstream.ProbeTarget;
import dev.postern.server.upstream.UpstreamCancel;
import dev.postern.server.upstream.UpstreamConnector;
import dev.postern.server.upstream.UpstreamHost;
import dev.postern.server.upstream.UpstreamTarget;
import dev.postern.server.upstream.UpstreamWay;
import dev.postern.sql.GateLimits;
import dev.postern.sql.grammar.GrammarModule;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** From the configuration's records, which know nothing of the runtime, to the runtime's own. */
final class Composition {

    private Composition() {}

    /**
     * Returns what a reload changes.
     *
     * @param session the section of that name as it was at the start
     */
    static LiveConfiguration.Snapshot snapshot(Configuration configuration, SessionConfig session)
            throws UnusableConfigurationException {
        Map<String, Agent> agents = new LinkedHashMap<>();
        for (AgentConfig agent : configuration.agents().values()) {
            agents.put(agent.name(), agent(agent));
        }
        Map<String, ServedPolicy> policies = new LinkedHashMap<>();
        for (PolicyConfig policy : configuration.policies().values()) {
            policies.put(policy.name(), policy(policy, session));
        }
        return new LiveConfiguration.Snapshot(
                agents, policies, listenTls(configuration.listen().tls()));
    }

    private static Agent agent(AgentConfig config) {
        return new Agent(
                config.name(),
                config.policy(),
                config.owner(),
                ScramVerifier.parse(config.verifier().text()),
                config.networks().stream().map(Network::parse).toList(),
                config.expires());
    }

    private static ServedPolicy policy(PolicyConfig config, SessionConfig session) {
        LimitsConfig limits = config.limits();
        return new ServedPolicy(
                rules(config),
                config.upstream(),
                config.databases(),
                new SessionLimits(
                        limits.statementTimeout(),
                        unlimitedIfAbsent(limits.maxRows()),
                        unlimitedIfAbsent(limits.maxResult()),
                        session.maxPreparedStatements(),
                        session.maxPortals(),
                        session.maxPipeline(),
                        session.idleTimeout()),
                config.maxLag(),
                limits.maxSessions(),
                unlimitedIfAbsent(limits.maxConnections()),
                unlimitedIfAbsent(limits.maxAgentConnections()),
                limits.queriesPerMinute());
    }

    /** Returns what statements are judged by. */
    static Policy rules(PolicyConfig config) {
        RelationsConfig relations = config.relations();
        return new Policy(
                config.name(),
                new Access(
                        config.allowedFunctions(),
                        relations.allow(),
                        relations.deny(),
                        relations.deniedColumns(),
                        switch (config.mode()) {
                            case ENFORCE -> Access.Mode.ENFORCE;
                            case OBSERVE -> Access.Mode.OBSERVE;
                        }));
    }

    private static int unlimitedIfAbsent(@Nullable Integer limit) {
        return limit == null ? Integer.MAX_VALUE : limit;
    }

    private static long unlimitedIfAbsent(@Nullable Long limit) {
        return limit == null ? Long.MAX_VALUE : limit;
    }

    private static ListenTls listenTls(ListenTlsConfig config)
            throws UnusableConfigurationException {
        Path certificate = config.certificate();
        Path key = config.key();
        if (certificate == null || key == null) {
            return ListenTls.disabled();
        }
        ListenTls.Mode mode =
                switch (config.mode()) {
                    case DISABLE -> ListenTls.Mode.DISABLE;
                    case ALLOW -> ListenTls.Mode.ALLOW;
                    case REQUIRE -> ListenTls.Mode.REQUIRE;
                };
        try {
            return ListenTls.load(mode, certificate, key, config.clientCa());
        } catch (InvalidTlsFileException e) {
            throw new UnusableConfigurationException("listen.tls: " + e.getMessage());
        }
    }

    /**
     * Returns what the probe looks after: an upstream with the databases that policies open on it.
     */
    static ProbeTarget probeTarget(
            UpstreamConfig config,
            Configuration configuration,
            Passwords passwords,
            UpstreamWay way) {
        String name = config.name();
        List<String> databases =
                configuration.policies().values().stream()
                        .filter(policy -> policy.upstream().equals(name))
                        .flatMap(policy -> policy.databases().stream())
                        .distinct()
                        .toList();
        return new ProbeTarget(
                name,
                config.hosts().stream().map(HostPort::toString).toList(),
                config.user(),
                passwords.of(config),
                databases,
                way,
                new ProbeTarget.Timing(config.checkInterval(), config.checkTimeout()),
                new ProbeTarget.Requirements(
                        config.allowPrimary(), config.allowWritableRole(), config.maxLag()));
    }

    /** Returns the databases that policies open. */
    static List<DatabaseKey> databases(Configuration configuration) {
        return configuration.policies().values().stream()
                .flatMap(policy ->
                        policy.databases().stream()
                                .map(database -> new DatabaseKey(policy.upstream(), database)))
                .distinct()
                .toList();
    }

    /** Returns how catalogs are kept up to date. */
    static CatalogSettings catalogs(GateConfig.Catalog config) {
        return new CatalogSettings(
                config.refreshInterval(),
                config.minInterval(),
                config.maxWait(),
                new CatalogLimits(
                        config.maxObjects(),
                        config.maxDefinition(),
                        config.maxText(),
                        config.timeLimit()));
    }

    /**
     * Returns the way to an upstream.
     *
     * @param known what is known of its hosts
     * @param metrics counts what happens to its connections
     */
    static UpstreamRoute route(
            UpstreamConfig config,
            SessionConfig session,
            Passwords passwords,
            UpstreamWay way,
            UpstreamConnector connector,
            UpstreamHosts known,
            PoolMetrics metrics,
            LongSupplier nanoTime) {
        String name = config.name();
        List<UpstreamHost> hosts = hosts(config);
        HostConnections connections = new HostConnections(hosts);
        UpstreamPools pools =
                new UpstreamPools(
                        pool(config.pool(), session),
                        (eventLoop, database, maxLag) ->
                                connector.connect(
                                        eventLoop,
                                        new UpstreamTarget(
                                                hosts,
                                                config.user(),
                                                database,
                                                passwords.of(config),
                                                way.tls(),
                                                config.connectTimeout(),
                                                PinnedSettings.all(),
                                                config.allowPrimary(),
                                                maxLag)),
                        host -> known.objections(host, null).isEmpty(),
                        host -> known.loss(host) != null,
                        new PoolCounting(connections, metrics),
                        nanoTime);
        return new UpstreamRoute(
                name,
                hosts,
                way.tls(),
                config.connectTimeout(),
                config.allowPrimary(),
                config.allowWritableRole(),
                pools,
                connections,
                known);
    }

    private static PoolSettings pool(PoolConfig config, SessionConfig session) {
        return new PoolSettings(
                switch (config.mode()) {
                    case SESSION -> PoolMode.SESSION;
                    case TRANSACTION -> PoolMode.TRANSACTION;
                },
                config.max(),
                config.minIdle(),
                config.idle(),
                config.queueTimeout(),
                config.shortTransaction(),
                config.maxWaiting(),
                config.resetTimeout(),
                config.maxPreparedStatements(),
                session.writeBuffer());
    }

    /** Returns what chooses among an upstream's hosts. */
    static HostSelection selection(UpstreamConfig config, LongSupplier nanoTime) {
        return new HostSelection(
                hosts(config),
                new HostSelection.Settings(
                        config.ejection().initial(), config.ejection().max(), config.slowStart()),
                nanoTime);
    }

    private static List<UpstreamHost> hosts(UpstreamConfig config) {
        return config.hosts().stream()
                .map(host -> new UpstreamHost(host.host(), host.port()))
                .distinct()
                .toList();
    }

    /** Returns how long agents' messages may be. */
    static FrameLimits frameLimits(Configuration configuration) {
        int message = configuration.session().maxMessage();
        return new FrameLimits(
                configuration.gate().maxText(), message, Math.min(message, FrameLimits.MAX_OTHER));
    }

    /** Returns the cancel keys of this instance. */
    static CancelKeys<ActiveSessions.Entry> cancelKeys(Configuration configuration) {
        PeersConfig peers = configuration.server().peers();
        return new CancelKeys<>(
                configuration.listen().maxSessions(), peers == null ? 0 : peers.instance());
    }

    /** Returns the other instances, {@code null} if there are none. */
    static @Nullable Peers peers(
            Configuration configuration, UpstreamCancel cancel, EventLoops eventLoops)
            throws UnusableConfigurationException {
        PeersConfig config = configuration.server().peers();
        if (config == null) {
            return null;
        }
        return new Peers(
                config.instance(),
                config.hosts().stream()
                        .map(host -> new UpstreamHost(host.host(), host.port()))
                        .toList(),
                Ways.tls("server.peer_tls", config.tls()),
                config.timeout(),
                cancel,
                eventLoops.group());
    }

    /** Returns where the audit trail is kept. */
    static AuditTrailSettings auditTrail(Configuration configuration) {
        AuditConfig.File file = configuration.audit().file();
        return new AuditTrailSettings(
                file.directory(),
                file.rotate(),
                file.journal(),
                file.maxStatement(),
                switch (file.sync()) {
                    case NONE -> AuditTrailSettings.Sync.NONE;
                    case INTERVAL -> AuditTrailSettings.Sync.INTERVAL;
                });
    }

    /** Returns how many threads carry traffic. */
    static int eventLoops(Configuration configuration) {
        Integer configured = configuration.server().eventLoops();
        return configured == null ? EventLoops.defaultCount() : configured;
    }

    /** Returns what judges statements, with its threads running. */
    static VerdictService verdicts(
            Configuration configuration, GateObserver observer, LongSupplier nanoTime) {
        GrammarModule grammar = GrammarModule.load();
        return new VerdictService(
                grammar::newGrammar, new Gate(), gate(configuration.gate()), observer, nanoTime);
    }

    static GateSettings gate(GateConfig config) {
        return new GateSettings(
                new GateLimits(
                        config.maxText(),
                        config.maxTree(),
                        config.maxNesting(),
                        config.maxNodes(),
                        config.maxStatements()),
                config.threads(),
                config.maxWaiting(),
                config.maxWaitingSize(),
                config.timeLimit(),
                config.wallTimeLimit(),
                config.secondReader().timeLimit(),
                config.cacheSize());
    }
}
