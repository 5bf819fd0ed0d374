package dev.postern.server.upstream;

import dev.postern.protocol.BackendKey;
import dev.postern.server.tls.UpstreamTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Asks PostgreSQL to cancel what a session does. Safe for use by any thread.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS">PostgreSQL,
 *     "Canceling Requests in Progress"</a>
 */
public final class UpstreamCancel {

    private final ChannelFactory<? extends Channel> channels;

    /**
     * Makes it.
     *
     * @param channels makes channels that fit the event loops given to {@link #cancel}
     */
    public UpstreamCancel(ChannelFactory<? extends Channel> channels) {
        this.channels = channels;
    }

    /**
     * Sends a CancelRequest to the address that a session is connected to.
     *
     * @param tls as for the session itself
     * @param timeout for all of it
     * @return succeeds when the server has closed, by which it says that the request was passed on
     *     (whether anything was there to cancel, it does not say); fails by {@link
     *     UpstreamException}
     */
    public Future<Void> cancel(
            EventLoop eventLoop, UpstreamConnection session, UpstreamTls tls, Duration timeout) {
        Promise<Void> promise = eventLoop.newPromise();
        UpstreamHost host = session.host();
        SocketAddress address = session.channel().remoteAddress();
        BackendKey key = session.key();
        if (key == null || address == null) {
            return promise.setFailure(
                    new UpstreamException(
                            new UpstreamFailure.Unreachable(
                                    host, "session is closed or has no cancel key")));
        }
        ChannelFuture connecting =
                bootstrap(eventLoop, tls, host, key, promise)
                        .channelFactory(channels(session.channel()))
                        .disableResolver()
                        .connect(address);
        return settle(eventLoop, connecting, host, timeout, promise);
    }

    /**
     * Sends a CancelRequest to a host that is found by its name.
     *
     * @param timeout for all of it
     * @return as for a session's server
     */
    public Future<Void> cancel(
            EventLoop eventLoop,
            UpstreamHost host,
            BackendKey key,
            UpstreamTls tls,
            Duration timeout) {
        Promise<Void> promise = eventLoop.newPromise();
        ChannelFuture connecting =
                bootstrap(eventLoop, tls, host, key, promise)
                        .channelFactory(channels)
                        .resolver(BackgroundResolver.INSTANCE)
                        .connect(host.name(), host.port());
        return settle(eventLoop, connecting, host, timeout, promise);
    }

    private static Bootstrap bootstrap(
            EventLoop eventLoop,
            UpstreamTls tls,
            UpstreamHost host,
            BackendKey key,
            Promise<Void> promise) {
        return new Bootstrap()
                .group(eventLoop)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(
                        new ChannelInitializer<>() {
                            @Override
                            protected void initChannel(Channel channel) {
                                addHandlers(channel, tls, host, key, promise);
                            }
                        });
    }

    private static Future<Void> settle(
            EventLoop eventLoop,
            ChannelFuture connecting,
            UpstreamHost host,
            Duration timeout,
            Promise<Void> promise) {
        Future<?> timer =
                eventLoop.schedule(
                        () ->
                                promise.tryFailure(
                                        new UpstreamException(new UpstreamFailure.TimedOut(host))),
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS);
        connecting.addListener((ChannelFuture result) -> {
            if (!result.isSuccess()) {
                promise.tryFailure(
                        new UpstreamException(
                                new UpstreamFailure.Unreachable(
                                        host, String.valueOf(result.cause().getMessage()))));
            }
        });
        promise.addListener(result -> {
            timer.cancel(false);
            connecting.channel().close();
        });
        return promise;
    }

    private ChannelFactory<? extends Channel> channels(Channel session) {
        return session instanceof TunnelChannel tunnelled ? tunnelled::sibling : channels;
    }

    private static void addHandlers(
            Channel channel,
            UpstreamTls tls,
            UpstreamHost host,
            BackendKey key,
            Promise<Void> promise) {
        if (tls.mode() != UpstreamTls.Mode.DISABLE) {
            channel.pipeline()
                    .addLast(
                            new SslRequestHandler(
                                    tls,
                                    host,
                                    failure -> promise.tryFailure(new UpstreamException(failure))));
        }
        channel.pipeline().addLast(new CancelRequestHandler(host, key, promise));
    }
}
