package dev.postern.server;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that carry traffic, and the kinds of channel that fit them: epoll where it can be
 * had, NIO elsewhere.
 *
 * @param group the event loops
 * @param serverChannel the kind of listening channel
 * @param channel the kind of connection
 */
record EventLoops(
        EventLoopGroup group,
        Class<? extends ServerChannel> serverChannel,
        Class<? extends Channel> channel)
        implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    /**
     * Half of the processors: the database and the agents need the rest, and fewer loops find more
     * events at a time.
     */
    static int defaultCount() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    static EventLoops start(String name, int count) {
        boolean epoll = Epoll.isAvailable();
        if (!epoll) {
            LOG.info(
                    "epoll cannot be had, using NIO error={}",
                    String.valueOf(Epoll.unavailabilityCause()));
        }
        IoHandlerFactory handlers = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        count, new DefaultThreadFactory(name, true), handlers);
        return epoll
                ? new EventLoops(group, EpollServerSocketChannel.class, EpollSocketChannel.class)
                : new EventLoops(group, NioServerSocketChannel.class, NioSocketChannel.class);
    }

    /** Ends the threads once they have nothing left to do. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
