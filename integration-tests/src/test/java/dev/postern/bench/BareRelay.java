package dev.postern.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Copies bytes between clients and one server and does nothing else: what the transport that
 * Postern uses costs without Postern.
 *
 * <p>Both connections of a client share an event loop; what one read brought is written with one
 * flush; a side that cannot be written to stops the reading from the other.
 *
 * <p>{@code java -cp 'proxy-server/target/lib/*' BareRelay.java LISTEN_PORT SERVER_PORT}, both on
 * the loopback interface. Prints {@code ready} when it listens.
 */
public final class BareRelay {

    private static final int BACKLOG = 1024;

    private BareRelay() {}

    /** Runs until it is killed. */
    public static void main(String[] arguments) throws InterruptedException {
        InetSocketAddress listen = loopback(arguments[0]);
        InetSocketAddress server = loopback(arguments[1]);
        boolean epoll = Epoll.isAvailable();
        int loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(
                        loops, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        Class<? extends ServerChannel> serverChannel =
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        Class<? extends SocketChannel> clientChannel =
                epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        Bootstrap upstream =
                new Bootstrap()
                        .channel(clientChannel)
                        .option(ChannelOption.TCP_NODELAY, true)
                        .option(ChannelOption.AUTO_READ, false);
        Channel listening =
                new ServerBootstrap()
                        .group(group)
                        .channel(serverChannel)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel client) {
                                        connect(upstream, client, server);
                                    }
                                })
                        .bind(listen)
                        .sync()
                        .channel();
        System.out.println("ready");
        listening.closeFuture().sync();
    }

    private static InetSocketAddress loopback(String port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
    }

    private static void connect(Bootstrap upstream, Channel client, InetSocketAddress server) {
        upstream.clone(client.eventLoop())
                .handler(new Copy(client))
                .connect(server)
                .addListener(
                        (ChannelFutureListener)
                                connected -> {
                                    if (connected.isSuccess()) {
                                        Channel peer = connected.channel();
                                        if (!client.isActive()) {
                                            peer.close();
                                        }
                                        client.pipeline().addLast(new Copy(peer));
                                        client.config().setAutoRead(true);
                                        peer.config().setAutoRead(true);
                                    } else {
                                        client.close();
                                    }
                                });
    }

    /** Writes what a channel reads to its peer. */
    private static final class Copy extends ChannelInboundHandlerAdapter {

        private final Channel peer;

        Copy(Channel peer) {
            this.peer = peer;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object bytes) {
            peer.write(bytes, peer.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) {
            peer.flush();
            if (!peer.isWritable()) {
                ctx.channel().config().setAutoRead(false);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            peer.config().setAutoRead(ctx.channel().isWritable());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
