package dev.postern.server;

import dev.postern.protocol.SqlState;
import dev.postern.server.admin.AdminPages;
import dev.postern.server.admin.AdminServer;
import dev.postern.server.audit.AuditTrail;
import dev.postern.server.auth.Authenticator;
import dev.postern.server.auth.MockVerifiers;
import dev.postern.server.catalog.CatalogService;
import dev.postern.server.catalog.DatabaseKey;
import dev.postern.server.cli.RunningServer;
import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.SessionConfig;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.enforce.VerdictService;
import dev.postern.server.frontend.CancelKeys;
import dev.postern.server.frontend.FrontendInitializer;
import dev.postern.server.frontend.StartupServices;
import dev.postern.server.frontend.UnauthenticatedConnections;
import dev.postern.server.metrics.ServerMetrics;
import dev.postern.server.secrets.SecretResolver;
import dev.postern.server.upstream.HostSelection;
import dev.postern.server.upstream.ProbeTarget;
import dev.postern.server.upstream.UpstreamCancel;
import dev.postern.server.upstream.UpstreamConnector;
import dev.postern.server.upstream.UpstreamProbe;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A whole Postern: the only place where its parts meet. */
public final class PosternServer implements RunningServer, AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final long SECRET_REFRESH_SECONDS = 30;
    private static final int MOCK_ITERATIONS = 4096;
    private static final Duration FIRST_LOOKS = Duration.ofSeconds(3);
    private static final Duration FIRST_CATALOGS = Duration.ofSeconds(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final LiveConfiguration live;
    private final Ways ways;
    private final Map<String, UpstreamRoute> routes;
    private final ActiveSessions sessions;
    private final Ledger ledger;
    private final Channel listener;
    private final AdminServer admin;
    private final Parts parts;
    private final CatalogService catalogs;
    private final CatalogCounting catalogCounting;
    private final Readiness readiness;
    private final SessionConfig sessionLimits;

    private PosternServer(
            LiveConfiguration live,
            Ways ways,
            Map<String, UpstreamRoute> routes,
            ActiveSessions sessions,
            Ledger ledger,
            Channel listener,
            AdminServer admin,
            Parts parts,
            CatalogService catalogs,
            CatalogCounting catalogCounting,
            Readiness readiness,
            SessionConfig sessionLimits) {
        this.live = live;
        this.ways = ways;
        this.routes = routes;
        this.sessions = sessions;
        this.ledger = ledger;
        this.listener = listener;
        this.admin = admin;
        this.parts = parts;
        this.catalogs = catalogs;
        this.catalogCounting = catalogCounting;
        this.readiness = readiness;
        this.sessionLimits = sessionLimits;
    }

    /**
     * Starts a server with the system's clocks and environment, and returns when it is listening.
     * After an exception nothing is left running.
     *
     * @throws UnusableConfigurationException if something that the configuration names cannot be
     *     used
     * @throws IOException if a port or the audit directory cannot be had
     */
    public static PosternServer start(Configuration configuration)
            throws UnusableConfigurationException, IOException {
        Parts parts = new Parts();
        try {
            return start(configuration, parts, InstantSource.system(), System::nanoTime);
        } catch (UnusableConfigurationException | IOException | RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    private static PosternServer start(
            Configuration configuration, Parts parts, InstantSource clock, LongSupplier nanoTime)
            throws UnusableConfigurationException, IOException {
        LiveConfiguration live =
                new LiveConfiguration(Composition.snapshot(configuration, configuration.session()));
        SecretResolver secrets =
                SecretResolver.standard(System.getenv(), configuration.directory());
        Passwords passwords = new Passwords(secrets, Clouds::source, clock);
        Ways ways = parts.add(new Ways(secrets, nanoTime));
        for (UpstreamConfig upstream : configuration.upstreams().values()) {
            passwords.add(upstream);
            ways.add(upstream);
        }
        ServerMetrics metrics = parts.add(new ServerMetrics());
        AuditTrail audit =
                parts.add(AuditTrail.open(Composition.auditTrail(configuration), clock, nanoTime));
        metrics.audit(audit::acceptedEvents, audit::failures);
        Ledger ledger = new Ledger(audit, clock);
        VerdictService judge =
                parts.add(Composition.verdicts(configuration, new GateCounting(metrics), nanoTime));
        EventLoops eventLoops =
                parts.add(EventLoops.start("postern", Composition.eventLoops(configuration)));
        UpstreamProbe probe = parts.add(probe(configuration, passwords, ways, nanoTime));
        CatalogCounting catalogCounting = new CatalogCounting(metrics);
        CatalogService catalogs =
                parts.add(
                        CatalogService.start(
                                probeTargets(configuration, passwords, ways),
                                probe,
                                Composition.catalogs(configuration.gate().catalog()),
                                catalogCounting,
                                nanoTime));
        catalogCounting.publish(catalogs);
        Map<String, UpstreamRoute> routes =
                routes(configuration, passwords, ways, probe, eventLoops, metrics, nanoTime);
        routes.values().forEach(route -> parts.add(route.pools()));
        warm(configuration, routes, eventLoops);
        UpstreamStates.publish(routes.values(), metrics);
        ActiveSessions sessions = new ActiveSessions();
        SessionTicks ticks = new SessionTicks(eventLoops, live, sessions, metrics, clock, nanoTime);
        probe.listener(new HostChanges(routes, ticks));
        Readiness readiness = new Readiness(audit, probe, catalogs);

        CancelKeys<ActiveSessions.Entry> cancelKeys = Composition.cancelKeys(configuration);
        UpstreamCancel cancel =
                new UpstreamCancel(new ReflectiveChannelFactory<>(eventLoops.channel()));
        SessionOpening opening =
                new SessionOpening(
                        live,
                        routes,
                        cancel,
                        judge,
                        catalogs,
                        audit,
                        metrics,
                        cancelKeys,
                        sessions,
                        Composition.frameLimits(configuration),
                        clock,
                        nanoTime);
        StartupServices services =
                new StartupServices(
                        live::tls,
                        new Authenticator(live, mockVerifiers(), clock),
                        StartupSettingsRule.INSTANCE,
                        new CancelRouting(
                                cancelKeys, Composition.peers(configuration, cancel, eventLoops)),
                        refused -> {
                            ledger.authenticationFailed(refused);
                            metrics.authenticationFailed(
                                    AuthenticationFailures.of(refused.fault()));
                        },
                        opening,
                        new UnauthenticatedConnections(configuration.listen().maxUnauthenticated()),
                        configuration.listen().authenticationTimeout());
        AdminServer admin =
                parts.add(
                        AdminServer.start(
                                eventLoops.group(),
                                eventLoops.serverChannel(),
                                new InetSocketAddress(
                                        configuration.admin().host(), configuration.admin().port()),
                                new AdminPages(
                                        accept ->
                                                new AdminPages.Text(
                                                        ServerMetrics.contentType(accept),
                                                        metrics.scrape(accept)),
                                        readiness::troubles),
                                configuration.admin().maxConnections(),
                                configuration.admin().requestTimeout()));
        // What listens is ready to serve, if it can be.
        judge.ready().join();
        probe.awaitFirstLooks(FIRST_LOOKS);
        catalogs.awaitFirstLooks(FIRST_CATALOGS);
        Channel listener = listen(configuration, eventLoops, services);
        ticks.start();
        parts.add(refreshing(passwords));
        ledger.configurationChanged(
                "started: "
                        + configuration.agents().size()
                        + " agents, "
                        + configuration.policies().size()
                        + " policies",
                null);
        return new PosternServer(
                live,
                ways,
                routes,
                sessions,
                ledger,
                listener,
                admin,
                parts,
                catalogs,
                catalogCounting,
                readiness,
                configuration.session());
    }

    private static UpstreamProbe probe(
            Configuration configuration, Passwords passwords, Ways ways, LongSupplier nanoTime) {
        return UpstreamProbe.start(probeTargets(configuration, passwords, ways), nanoTime);
    }

    private static List<ProbeTarget> probeTargets(
            Configuration configuration, Passwords passwords, Ways ways) {
        return configuration.upstreams().values().stream()
                .map(upstream ->
                        Composition.probeTarget(
                                upstream, configuration, passwords, ways.to(upstream)))
                .toList();
    }

    private static Map<String, UpstreamRoute> routes(
            Configuration configuration,
            Passwords passwords,
            Ways ways,
            UpstreamProbe probe,
            EventLoops eventLoops,
            ServerMetrics metrics,
            LongSupplier nanoTime) {
        Map<String, UpstreamRoute> routes = new LinkedHashMap<>();
        for (UpstreamConfig upstream : configuration.upstreams().values()) {
            HostSelection selection = Composition.selection(upstream, nanoTime);
            UpstreamHosts known = new UpstreamHosts(upstream.name(), probe, selection);
            UpstreamConnector connector =
                    new UpstreamConnector(
                            new ReflectiveChannelFactory<>(eventLoops.channel()),
                            ways.to(upstream),
                            known,
                            selection);
            routes.put(
                    upstream.name(),
                    Composition.route(
                            upstream,
                            configuration.session(),
                            passwords,
                            ways.to(upstream),
                            connector,
                            known,
                            metrics.pool(upstream.name()),
                            nanoTime));
        }
        return routes;
    }

    /** The event loops share the connections that are kept open. */
    private static void warm(
            Configuration configuration, Map<String, UpstreamRoute> routes, EventLoops eventLoops) {
        for (DatabaseKey database : Composition.databases(configuration)) {
            UpstreamRoute route = routes.get(database.upstream());
            if (route != null && route.pools().settings().minIdle() > 0) {
                route.pools().warm(eventLoops.group().next(), database.database());
            }
        }
    }

    private static MockVerifiers mockVerifiers() {
        byte[] secret = new byte[MockVerifiers.MIN_SECRET_LENGTH];
        new SecureRandom().nextBytes(secret);
        return new MockVerifiers(secret, MOCK_ITERATIONS);
    }

    private static Channel listen(
            Configuration configuration, EventLoops eventLoops, StartupServices services)
            throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(configuration.listen().host(), configuration.listen().port());
        int writeBuffer = configuration.session().writeBuffer();
        ChannelFuture bound =
                new ServerBootstrap()
                        .group(eventLoops.group())
                        .channel(eventLoops.serverChannel())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.SO_KEEPALIVE, true)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(writeBuffer / 2, writeBuffer))
                        .childHandler(new FrontendInitializer(services))
                        .bind(address)
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "listen: "
                            + address.getHostString()
                            + ":"
                            + address.getPort()
                            + " cannot be had: "
                            + (bound.cause() == null ? "cancelled" : bound.cause().getMessage()));
        }
        return bound.channel();
    }

    private static ScheduledExecutorService refreshing(Passwords passwords) {
        ScheduledExecutorService executor =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().name("postern-secrets").daemon().factory());
        executor.scheduleWithFixedDelay(
                passwords::refresh,
                SECRET_REFRESH_SECONDS,
                SECRET_REFRESH_SECONDS,
                TimeUnit.SECONDS);
        return executor;
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public InetSocketAddress adminAddress() {
        return admin.address();
    }

    @Override
    public void reload(Configuration configuration) throws UnusableConfigurationException {
        LiveConfiguration.Snapshot snapshot = Composition.snapshot(configuration, sessionLimits);
        ways.refresh();
        live.replace(snapshot);
        routes.values().forEach(route -> route.pools().renew());
        catalogs.watch(Composition.databases(configuration));
        catalogCounting.publish(catalogs);
        ledger.configurationChanged(
                "reloaded: "
                        + configuration.agents().size()
                        + " agents, "
                        + configuration.policies().size()
                        + " policies",
                null);
    }

    @Override
    public void reloadRefused(String reason) {
        ledger.configurationChanged(reason, SqlState.INVALID_PARAMETER_VALUE.code());
    }

    @Override
    public void drain(Duration timeout) {
        readiness.draining();
        listener.close().awaitUninterruptibly();
        sessions.drain();
        await(timeout);
        sessions.shutDown();
        await(LAST_WORDS);
        parts.close();
    }

    /** Ends everything now. */
    @Override
    public void close() {
        drain(Duration.ZERO);
    }

    private void await(Duration timeout) {
        try {
            sessions.awaitNone(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
