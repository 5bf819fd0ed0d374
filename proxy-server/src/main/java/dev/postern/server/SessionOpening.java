package dev.postern.server;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.AuditSink;
import dev.postern.audit.EventId;
import dev.postern.audit.SessionContext;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.SearchPath;
import dev.postern.identity.Agent;
import dev.postern.identity.Principal;
import dev.postern.policy.Policy;
import dev.postern.policy.Verdict;
import dev.postern.protocol.BackendKey;
import dev.postern.protocol.BackendMessages;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrameLimits;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.SqlState;
import dev.postern.server.catalog.CatalogService;
import dev.postern.server.enforce.AnswerRow;
import dev.postern.server.enforce.Freshness;
import dev.postern.server.enforce.HostLag;
import dev.postern.server.enforce.Peer;
import dev.postern.server.enforce.ProxySession;
import dev.postern.server.enforce.SessionEnvironment;
import dev.postern.server.enforce.SessionHooks;
import dev.postern.server.enforce.SessionObserver;
import dev.postern.server.enforce.StatementJudge;
import dev.postern.server.frontend.AgentHandler;
import dev.postern.server.frontend.AuthenticatedStartup;
import dev.postern.server.frontend.CancelKeys;
import dev.postern.server.frontend.SessionOpener;
import dev.postern.server.metrics.AgentMetrics;
import dev.postern.server.metrics.ServerMetrics;
import dev.postern.server.pool.PoolException;
import dev.postern.server.pool.PooledBackend;
import dev.postern.server.pool.SessionState;
import dev.postern.server.pool.UpstreamPools;
import dev.postern.server.upstream.Objection;
import dev.postern.server.upstream.UpstreamCancel;
import dev.postern.server.upstream.UpstreamConnection;
import dev.postern.server.upstream.UpstreamHost;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.Future;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From an authenticated agent to a running session: limits, the upstream connection,
 * ParameterStatus, BackendKeyData, ReadyForQuery.
 */
final class SessionOpening implements SessionOpener {

    private static final Logger LOG = LoggerFactory.getLogger(SessionOpening.class);

    private static final int GREETING_SIZE = 1024;

    private final LiveConfiguration configuration;
    private final Map<String, UpstreamRoute> routes;
    private final UpstreamCancel cancel;
    private final StatementJudge judge;
    private final CatalogService catalogs;
    private final AuditSink audit;
    private final ServerMetrics metrics;
    private final CancelKeys<ActiveSessions.Entry> cancelKeys;
    private final ActiveSessions sessions;
    private final FrameLimits frameLimits;
    private final InstantSource wallClock;
    private final LongSupplier nanoTime;

    SessionOpening(
            LiveConfiguration configuration,
            Map<String, UpstreamRoute> routes,
            UpstreamCancel cancel,
            StatementJudge judge,
            CatalogService catalogs,
            AuditSink audit,
            ServerMetrics metrics,
            CancelKeys<ActiveSessions.Entry> cancelKeys,
            ActiveSessions sessions,
            FrameLimits frameLimits,
            InstantSource wallClock,
            LongSupplier nanoTime) {
        this.configuration = configuration;
        this.routes = Map.copyOf(routes);
        this.cancel = cancel;
        this.judge = judge;
        this.catalogs = catalogs;
        this.audit = audit;
        this.metrics = metrics;
        this.cancelKeys = cancelKeys;
        this.sessions = sessions;
        this.frameLimits = frameLimits;
        this.wallClock = wallClock;
        this.nanoTime = nanoTime;
    }

    @Override
    public void open(Channel channel, AuthenticatedStartup startup) {
        AgentHandler handler = new AgentHandler(channel);
        channel.pipeline().addLast("agent", handler);
        new Opening(channel, startup, handler).begin();
    }

    /** One connection on its way. All of it on the connection's event loop. */
    private final class Opening {

        private final Channel channel;
        private final AuthenticatedStartup startup;
        private final AgentHandler handler;
        private final Peer agent;
        private final String name;
        private final AgentUsage usage;

        Opening(Channel channel, AuthenticatedStartup startup, AgentHandler handler) {
            this.channel = channel;
            this.startup = startup;
            this.handler = handler;
            this.agent = handler.peer();
            this.name = startup.agent().name();
            this.usage = configuration.usageOf(name);
        }

        void begin() {
            ServedPolicy policy = configuration.policyOf(name);
            if (policy == null) {
                refuse("unknown_agent", OpeningRefusals.revoked());
                return;
            }
            if (!policy.databases().contains(startup.database())) {
                refuse("database", OpeningRefusals.wrongDatabase(startup.database(), policy));
                return;
            }
            UpstreamRoute route = routes.get(policy.upstream());
            if (route == null) {
                refuse("upstream", OpeningRefusals.upstreamUnknown(policy));
                return;
            }
            if (!usage.tryOpen(policy.maxSessions())) {
                refuse("session_limit", OpeningRefusals.tooManySessions(policy));
                return;
            }
            Future<PooledBackend> connecting =
                    route.pools()
                            .open(
                                    channel.eventLoop(),
                                    startup.database(),
                                    state(),
                                    new UpstreamPools.Demand(
                                            host -> isFit(host, route, policy), policy.maxLag()),
                                    configuration.caps(name, policy));
            ChannelFutureListener agentGone = closed -> connecting.cancel(false);
            channel.closeFuture().addListener(agentGone);
            connecting.addListener((Future<PooledBackend> result) -> {
                channel.closeFuture().removeListener(agentGone);
                if (result.isSuccess() && channel.isActive()) {
                    withCatalog(policy, route, result.getNow());
                } else if (result.isSuccess()) {
                    result.getNow().close();
                    usage.close();
                } else {
                    usage.close();
                    upstreamFailed(result.cause());
                }
            });
        }

        private static boolean isFit(UpstreamHost host, UpstreamRoute route, ServedPolicy policy) {
            return route.known().objections(host, policy.maxLag()).isEmpty();
        }

        private static @Nullable Objection loss(UpstreamRoute route, PooledBackend backend) {
            UpstreamHost host = backend.host();
            return host == null ? null : route.known().loss(host);
        }

        private SessionState state() {
            Principal principal = startup.principal();
            Map<String, String> settings = new LinkedHashMap<>();
            startup.settings()
                    .forEach((setting, value) -> {
                        String folded = setting.toLowerCase(Locale.ROOT);
                        if (!PinnedSettings.isPinned(folded)) {
                            settings.put(folded, value);
                        }
                    });
            return new SessionState(
                    "postern/" + name,
                    name,
                    Objects.requireNonNullElse(principal.human(), ""),
                    Objects.requireNonNullElse(principal.task(), ""),
                    settings);
        }

        /** A session begins once it is known what its database holds. */
        private void withCatalog(ServedPolicy policy, UpstreamRoute route, PooledBackend backend) {
            Catalog catalog = catalogs.current(route.name(), startup.database());
            if (catalog != null) {
                connected(policy, route, backend, catalog);
                return;
            }
            catalogs.lookAgain(route.name(), startup.database())
                    .thenAccept(read ->
                            channel.eventLoop()
                                    .execute(() -> looked(policy, route, backend, read)));
        }

        private void looked(
                ServedPolicy policy,
                UpstreamRoute route,
                PooledBackend backend,
                @Nullable Catalog catalog) {
            if (catalog != null && channel.isActive()) {
                connected(policy, route, backend, catalog);
                return;
            }
            backend.close();
            usage.close();
            if (channel.isActive()) {
                refuse("upstream", OpeningRefusals.catalogUnknown(startup.database()));
            }
        }

        private void connected(
                ServedPolicy policy, UpstreamRoute route, PooledBackend backend, Catalog catalog) {
            SessionContext context =
                    new SessionContext(
                            EventId.of(
                                            wallClock.millis(),
                                            ThreadLocalRandom.current().nextLong(),
                                            ThreadLocalRandom.current().nextLong())
                                    .toString(),
                            startup.client(),
                            startup.tls(),
                            startup.principal(),
                            startup.database(),
                            route.name(),
                            policy.rules().name());
            AgentMetrics numbers = metrics.agent(name);
            Hooks hooks = new Hooks(policy, context, route, backend, numbers);
            ProxySession session =
                    new ProxySession(
                            context,
                            new FrontendFrameReader(frameLimits),
                            configuration.view(name, policy.rules())::rules,
                            policy.limits(),
                            usage.quota(policy.queriesPerMinute(), nanoTime.getAsLong()),
                            !route.allowPrimary(),
                            new SessionEnvironment(
                                    judge,
                                    new DatabaseCatalog(
                                            catalogs, route.name(), startup.database(), catalog),
                                    searchPath(catalog),
                                    new Freshness(
                                            new BackendLag(route, policy, backend),
                                            policy.maxLag()),
                                    audit,
                                    new Counting(numbers),
                                    channel.eventLoop(),
                                    wallClock,
                                    nanoTime,
                                    ThreadLocalRandom.current()),
                            hooks,
                            channel.alloc(),
                            agent,
                            backend);
            ActiveSessions.Entry entry =
                    new ActiveSessions.Entry(
                            name, session, channel.eventLoop(), () -> loss(route, backend));
            BackendKey key = cancelKeys.add(startup.protocolVersion(), entry);
            hooks.entry = entry;
            hooks.key = key;
            numbers.sessionOpened();
            sessions.add(entry);
            handler.attach(session);
            backend.attach(session);
            if (key == null) {
                session.onRefused(
                        ErrorResponse.fatal(
                                SqlState.TOO_MANY_CONNECTIONS, "sorry, too many sessions already"));
                return;
            }
            if (!session.open()) {
                session.onRefused(
                        ErrorResponse.fatal(
                                        SqlState.IO_ERROR,
                                        "connection refused: the audit trail cannot take its record, and nothing"
                                                + " runs unrecorded")
                                .withHint(
                                        "Try again later; the operator finds the cause at /readyz."));
                return;
            }
            greet(backend, key);
            agent.reading(true);
        }

        private void greet(PooledBackend backend, BackendKey key) {
            ByteBuf greeting = channel.alloc().buffer(GREETING_SIZE);
            backend.parameters()
                    .forEach((parameter, value) ->
                            BackendMessages.parameterStatus(greeting, parameter, value));
            BackendMessages.backendKeyData(greeting, key);
            BackendMessages.readyForQuery(greeting, 'I');
            agent.write(greeting);
            agent.flush();
        }

        private void upstreamFailed(Throwable cause) {
            if (channel.isActive()) {
                LOG.warn("no upstream connection agent={} error={}", name, cause.getMessage());
                refuse("upstream", PoolException.told(cause));
            }
        }

        private void refuse(String reason, ErrorResponse error) {
            long now = wallClock.millis();
            ThreadLocalRandom random = ThreadLocalRandom.current();
            SessionContext context =
                    new SessionContext(
                            "",
                            startup.client(),
                            startup.tls(),
                            startup.principal(),
                            startup.database(),
                            null,
                            null);
            audit.accept(
                    new AuditEvent.AuthenticationFailed(
                            EventId.of(now, random.nextLong(), random.nextLong()),
                            now,
                            context,
                            name,
                            reason,
                            error.sqlState()));
            metrics.authenticationFailed(ServerMetrics.AuthenticationFailure.of(reason));
            ByteBuf out = channel.alloc().buffer(GREETING_SIZE);
            BackendMessages.errorResponse(out, error);
            agent.write(out);
            agent.close();
        }

        /** Returns the search path that the agent asked for, {@code null} if it asked for none. */
        private @Nullable SearchPath searchPath(Catalog catalog) {
            for (Map.Entry<String, String> setting : startup.settings().entrySet()) {
                if (setting.getKey().equalsIgnoreCase("search_path")) {
                    return SearchPath.parse(setting.getValue(), catalog.source().user());
                }
            }
            return null;
        }

        /** What the session asks for. */
        private final class Hooks implements SessionHooks {

            private final ServedPolicy policy;
            private final SessionContext context;
            private final UpstreamRoute route;
            private final PooledBackend backend;
            private final AgentMetrics numbers;
            private ActiveSessions.@Nullable Entry entry;
            private @Nullable BackendKey key;

            Hooks(
                    ServedPolicy policy,
                    SessionContext context,
                    UpstreamRoute route,
                    PooledBackend backend,
                    AgentMetrics numbers) {
                this.policy = policy;
                this.context = context;
                this.route = route;
                this.backend = backend;
                this.numbers = numbers;
            }

            @Override
            public void cancelUpstream(Runnable whenSent) {
                UpstreamConnection running = backend.cancel();
                if (running == null) {
                    whenSent.run();
                    return;
                }
                cancel.cancel(channel.eventLoop(), running, route.tls(), route.connectTimeout())
                        .addListener(result -> {
                            backend.cancelSent();
                            if (!result.isSuccess()) {
                                LOG.warn(
                                        "upstream statement not cancelled agent={} error={}",
                                        name,
                                        result.cause().getMessage());
                            }
                            whenSent.run();
                        });
            }

            @Override
            public List<AnswerRow> describePolicy(Policy current) {
                ServedPolicy now = configuration.policyOf(name);
                return PolicyRows.of(
                        current,
                        now == null ? policy.databases() : now.databases(),
                        policy.limits(),
                        policy.maxLag(),
                        policy.maxSessions(),
                        policy.queriesPerMinute());
            }

            @Override
            public List<AnswerRow> describeAgent(Policy current) {
                Agent now = configuration.find(name);
                return AgentRows.of(now == null ? startup.agent() : now, current, context);
            }

            @Override
            public void onClosed() {
                if (entry != null) {
                    sessions.remove(entry);
                }
                if (key != null) {
                    cancelKeys.remove(key);
                }
                numbers.sessionClosed();
                usage.close();
            }
        }
    }

    /** How far the host is behind that serves a session now. */
    private record BackendLag(UpstreamRoute route, ServedPolicy policy, PooledBackend backend)
            implements HostLag {

        @Override
        public Reading current() {
            UpstreamHost host = backend.host();
            return host == null ? new Reading.None() : route.known().lag(host);
        }

        @Override
        public void leaveIfUnfit() {
            UpstreamHost host = backend.host();
            if (host != null && !route.known().objections(host, policy.maxLag()).isEmpty()) {
                boolean _ = backend.leave();
            }
        }
    }

    /** Counts into the metrics. */
    private record Counting(AgentMetrics agent) implements SessionObserver {

        @Override
        public void decided(Verdict verdict) {
            agent.decided(verdict);
        }

        @Override
        public void completed(long totalNanos, long rows, long bytes) {
            agent.completed(totalNanos, rows, bytes);
        }
    }
}
