package dev.postern.server.upstream;

import dev.postern.protocol.FrontendMessages;
import dev.postern.server.tls.UpstreamTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Connects to PostgreSQL. Safe for use by any thread.
 *
 * <p>Hosts are tried in the order that {@link HostSelection} chooses, those that are not eligible
 * are passed over. The first that serves is taken; a host that is well but refuses (a database that
 * does not exist, a wrong password) ends the search, since another would refuse too.
 */
public final class UpstreamConnector {

    /** Bytes read at a time: few while answers are small, many while a large result streams. */
    private static final int MIN_READ = 512;

    private static final int FIRST_READ = 4096;
    private static final int MAX_READ = 256 * 1024;

    private final ChannelFactory<? extends Channel> channels;
    private final AddressResolverGroup<?> resolver;
    private final HostEligibility eligibility;
    private final HostSelection selection;

    /**
     * Makes a connector to the hosts themselves.
     *
     * @param channels makes channels that fit the event loops given to {@link #connect}
     * @param selection chooses among the hosts of all targets given to {@link #connect}; counts a
     *     connection until its channel is closed
     */
    public UpstreamConnector(
            ChannelFactory<? extends Channel> channels,
            HostEligibility eligibility,
            HostSelection selection) {
        this(channels, UpstreamWay.PLAIN, eligibility, selection);
    }

    /**
     * Makes a connector.
     *
     * @param channels makes channels that fit the event loops given to {@link #connect}
     * @param way what connections go through; their TLS is the target's
     * @param eligibility what stands against a host
     * @param selection chooses among the rest
     */
    public UpstreamConnector(
            ChannelFactory<? extends Channel> channels,
            UpstreamWay way,
            HostEligibility eligibility,
            HostSelection selection) {
        this.channels = way.channels(channels);
        this.resolver = way.resolver();
        this.eligibility = eligibility;
        this.selection = selection;
    }

    /**
     * Connects.
     *
     * @param eventLoop runs the connection, and completes the future
     * @return fails by {@link UpstreamException} only. Cancelling it closes what was opened.
     */
    public Future<UpstreamConnection> connect(EventLoop eventLoop, UpstreamTarget target) {
        Promise<UpstreamConnection> promise = eventLoop.newPromise();
        eventLoop.execute(() -> tryNext(eventLoop, target, new LinkedHashMap<>(), promise));
        return promise;
    }

    /**
     * Tries the next host.
     *
     * @param tried how connecting to hosts has failed
     */
    private void tryNext(
            EventLoop eventLoop,
            UpstreamTarget target,
            Map<UpstreamHost, UpstreamFailure> tried,
            Promise<UpstreamConnection> promise) {
        if (promise.isDone()) {
            return;
        }
        List<UpstreamHost> candidates = new ArrayList<>();
        Map<UpstreamHost, List<Objection>> objections = new LinkedHashMap<>();
        for (UpstreamHost host : target.hosts()) {
            List<Objection> known = eligibility.objections(host, target.maxLag());
            if (!known.isEmpty()) {
                objections.put(host, known);
            } else if (!tried.containsKey(host)) {
                candidates.add(host);
            }
        }
        UpstreamHost host = selection.take(candidates);
        if (host == null) {
            promise.tryFailure(new UpstreamException(noneLeft(target, tried, objections)));
            return;
        }
        Promise<UpstreamConnection> attempt = eventLoop.newPromise();
        attempt.addListener((Future<UpstreamConnection> result) -> {
            if (result.isSuccess()) {
                UpstreamConnection connection = result.getNow();
                connection.channel().closeFuture().addListener(closed -> selection.release(host));
                succeed(promise, connection);
                return;
            }
            selection.release(host);
            UpstreamFailure failure = failure(host, result.cause());
            if (failure.isWorthAnotherHost()) {
                selection.onFailure(host);
                tried.put(host, failure);
                tryNext(eventLoop, target, tried, promise);
            } else {
                promise.tryFailure(result.cause());
            }
        });
        connect(eventLoop, target, host, attempt);
    }

    /** PostgreSQL's own refusal says most; where there is but one host, so does its failure. */
    private static UpstreamFailure noneLeft(
            UpstreamTarget target,
            Map<UpstreamHost, UpstreamFailure> tried,
            Map<UpstreamHost, List<Objection>> objections) {
        Map<UpstreamHost, List<Objection>> reasons = new LinkedHashMap<>(objections);
        for (Map.Entry<UpstreamHost, UpstreamFailure> entry : tried.entrySet()) {
            Objection objection = entry.getValue().objection();
            if (objection == null || target.hosts().size() == 1) {
                return entry.getValue();
            }
            reasons.put(entry.getKey(), List.of(objection));
        }
        return new UpstreamFailure.NoEligibleHost(reasons);
    }

    private static UpstreamFailure failure(UpstreamHost host, Throwable cause) {
        return cause instanceof UpstreamException upstream
                ? upstream.failure()
                : new UpstreamFailure.Unreachable(host, String.valueOf(cause));
    }

    private static void succeed(
            Promise<UpstreamConnection> promise, UpstreamConnection connection) {
        if (!promise.trySuccess(connection)) {
            terminate(connection.channel());
        }
    }

    private void connect(
            EventLoop eventLoop,
            UpstreamTarget target,
            UpstreamHost host,
            Promise<UpstreamConnection> attempt) {
        ChannelFuture connecting =
                new Bootstrap()
                        .group(eventLoop)
                        .channelFactory(channels)
                        .resolver(resolver)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.SO_KEEPALIVE, true)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(MIN_READ, FIRST_READ, MAX_READ))
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                        .handler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        addHandlers(channel, target, host, attempt);
                                    }
                                })
                        .connect(host.name(), host.port());
        Future<?> timeout =
                eventLoop.schedule(
                        () ->
                                attempt.tryFailure(
                                        new UpstreamException(new UpstreamFailure.TimedOut(host))),
                        target.connectTimeout().toNanos(),
                        TimeUnit.NANOSECONDS);
        attempt.addListener(result -> {
            timeout.cancel(false);
            if (!result.isSuccess()) {
                connecting.cancel(false);
                terminate(connecting.channel());
            }
        });
        connecting.addListener((ChannelFuture result) -> {
            if (!result.isSuccess()) {
                attempt.tryFailure(
                        new UpstreamException(
                                new UpstreamFailure.Unreachable(
                                        host, String.valueOf(result.cause().getMessage()))));
            }
        });
    }

    private static void addHandlers(
            Channel channel,
            UpstreamTarget target,
            UpstreamHost host,
            Promise<UpstreamConnection> attempt) {
        if (target.tls().mode() != UpstreamTls.Mode.DISABLE) {
            channel.pipeline()
                    .addLast(
                            new SslRequestHandler(
                                    target.tls(),
                                    host,
                                    failure -> attempt.tryFailure(new UpstreamException(failure))));
        }
        channel.pipeline()
                .addLast(
                        new UpstreamStartupHandler(
                                target,
                                host,
                                connection -> succeed(attempt, connection),
                                failure -> attempt.tryFailure(new UpstreamException(failure))));
    }

    /** Ends a connection as PostgreSQL wants it ended. */
    private static void terminate(Channel channel) {
        if (channel.isActive()) {
            ByteBuf message = channel.alloc().buffer();
            FrontendMessages.terminate(message);
            channel.writeAndFlush(message);
        }
        channel.close();
    }
}
