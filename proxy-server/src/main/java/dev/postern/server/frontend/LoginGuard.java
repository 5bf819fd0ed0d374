package dev.postern.server.frontend;

import dev.postern.protocol.BackendMessages;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import dev.postern.server.auth.LoginFault;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a connection until its agent has authenticated: holds its place among the unauthenticated
 * ones, ends it when time is up, and is the one way in which it is refused. The last handler of the
 * pipeline, so that all trouble ends up here; removed when the login has succeeded.
 */
final class LoginGuard extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(LoginGuard.class);

    /** How long a refused peer has to take its error before the connection is closed regardless. */
    private static final long LINGER_SECONDS = 2;

    private final StartupServices services;
    private @Nullable Future<?> timeout;
    private @Nullable String tlsVersion;
    private @Nullable String claimedAgent;
    private boolean holdsPlace;
    private boolean over;

    LoginGuard(StartupServices services) {
        this.services = services;
    }

    /** Tells whether the connection is refused or done with: what it still sends has no meaning. */
    boolean isOver() {
        return over;
    }

    @Nullable String tlsVersion() {
        return tlsVersion;
    }

    void onTls(String version) {
        tlsVersion = version;
    }

    void onStartupMessage(String user) {
        claimedAgent = user;
    }

    /**
     * The connection has done what it came for, without being a session: it is neither refused nor
     * timed out by name.
     */
    void onCancelRequest() {
        over = true;
    }

    /** Sends the error, then closes. */
    void refuse(Channel channel, LoginFault fault, ErrorResponse error) {
        if (end(channel, fault, error.sqlState())) {
            ByteBuf message = channel.alloc().buffer();
            BackendMessages.errorResponse(message, error);
            channel.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
            channel.eventLoop().schedule(() -> close(channel), LINGER_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Closes without a word: the peer could not read one. */
    void drop(Channel channel, LoginFault fault, SqlState sqlState) {
        if (end(channel, fault, sqlState.code())) {
            channel.close();
        }
    }

    private boolean end(Channel channel, LoginFault fault, String sqlState) {
        if (over) {
            return false;
        }
        over = true;
        channel.config().setAutoRead(false);
        services.listener()
                .onRefused(
                        new RefusedLogin(
                                client(channel), tlsVersion, claimedAgent, fault, sqlState));
        return true;
    }

    static void close(Channel channel) {
        channel.close();
    }

    /** Returns address and port of the peer. */
    static String client(Channel channel) {
        SocketAddress remote = channel.remoteAddress();
        if (remote instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String host = inet.getAddress().getHostAddress();
            return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
        }
        return String.valueOf(remote);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        holdsPlace = services.unauthenticated().tryAcquire();
        if (!holdsPlace) {
            refuse(
                    ctx.channel(),
                    LoginFault.TOO_MANY_CONNECTIONS,
                    ErrorResponse.fatal(
                                    SqlState.TOO_MANY_CONNECTIONS,
                                    "too many connections are being authenticated at the moment")
                            .withHint("Try again in a few seconds."));
            return;
        }
        timeout =
                ctx.executor()
                        .schedule(
                                () -> onTimeout(ctx.channel()),
                                services.authenticationTimeout().toNanos(),
                                TimeUnit.NANOSECONDS);
        ctx.fireChannelActive();
    }

    private void onTimeout(Channel channel) {
        if (over) {
            channel.close();
        } else if (claimedAgent == null) {
            drop(channel, LoginFault.TIMEOUT, SqlState.QUERY_CANCELED);
        } else {
            refuse(
                    channel,
                    LoginFault.TIMEOUT,
                    ErrorResponse.fatal(
                            SqlState.QUERY_CANCELED, "canceling authentication due to timeout"));
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (holdsPlace) {
            holdsPlace = false;
            services.unauthenticated().release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause.getCause() instanceof SSLException) {
            drop(ctx.channel(), LoginFault.TLS_HANDSHAKE, SqlState.PROTOCOL_VIOLATION);
        } else if (!(cause instanceof IOException)) {
            log.error("failure before authentication", cause);
        }
        ctx.close();
    }
}
