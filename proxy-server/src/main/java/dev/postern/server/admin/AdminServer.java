package dev.postern.server.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The admin port: HTTP with {@code /metrics}, {@code /healthz} and {@code /readyz}, for GET and
 * HEAD, and nothing else. Each connection serves one request. Pages are made on a thread of its
 * own, so that neither a scrape nor a probe holds up an agent.
 *
 * <p>There is no authentication: it belongs on loopback or on a network for operators.
 */
public final class AdminServer implements AutoCloseable {

    static final int MAX_CONNECTIONS = 64;
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final int BACKLOG = 64;
    private static final int MAX_LINE = 4096;
    private static final int MAX_HEADERS = 8192;

    private final Channel listener;
    private final ExecutorService pages;

    private AdminServer(Channel listener, ExecutorService pages) {
        this.listener = listener;
        this.pages = pages;
    }

    /**
     * Starts to listen.
     *
     * @param channels the kind of channel that fits the group
     * @param address where; port 0 for any that is free
     * @throws IOException if the address cannot be had
     */
    public static AdminServer start(
            EventLoopGroup group,
            Class<? extends ServerChannel> channels,
            InetSocketAddress address,
            AdminPages content)
            throws IOException {
        return start(group, channels, address, content, MAX_CONNECTIONS, TIMEOUT);
    }

    /**
     * Starts to listen, with limits of its own.
     *
     * @param maxConnections served at a time
     * @param timeout for a request to arrive
     * @throws IOException if the address cannot be had
     */
    public static AdminServer start(
            EventLoopGroup group,
            Class<? extends ServerChannel> channels,
            InetSocketAddress address,
            AdminPages content,
            int maxConnections,
            Duration timeout)
            throws IOException {
        ExecutorService pages =
                new ThreadPoolExecutor(
                        1,
                        1,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(maxConnections),
                        Thread.ofPlatform().name("admin").daemon().factory());
        OpenConnections open = new OpenConnections(maxConnections);
        HttpDecoderConfig limits =
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_LINE)
                        .setMaxHeaderSize(MAX_HEADERS);
        ServerBootstrap bootstrap =
                new ServerBootstrap()
                        .group(group)
                        .channel(channels)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childHandler(
                                new ChannelInitializer<SocketChannel>() {
                                    @Override
                                    protected void initChannel(SocketChannel channel) {
                                        if (!open.enter(channel)) {
                                            channel.close();
                                            return;
                                        }
                                        channel.pipeline()
                                                .addLast(new HttpServerCodec(limits))
                                                .addLast(new AdminHandler(content, pages, timeout));
                                    }
                                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            pages.shutdownNow();
            throw new IOException(
                    "the admin port "
                            + address
                            + " cannot be had: "
                            + (bound.cause() == null ? "cancelled" : bound.cause().getMessage()));
        }
        return new AdminServer(bound.channel(), pages);
    }

    /** Returns where it listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.localAddress();
    }

    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        pages.shutdownNow();
    }
}
