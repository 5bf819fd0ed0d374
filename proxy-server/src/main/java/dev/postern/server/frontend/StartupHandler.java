package dev.postern.server.frontend;

import dev.postern.protocol.BackendMessages;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.StartupPacket;
import dev.postern.protocol.StartupPacketDecoder;
import dev.postern.server.auth.Authenticator;
import dev.postern.server.auth.Login;
import dev.postern.server.auth.LoginFault;
import dev.postern.server.tls.ListenTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the packets of a connection up to its StartupMessage, then gives its place to a {@link
 * SaslHandler}.
 *
 * <p>Each kind of encryption may be asked for once, and only in cleartext. Bytes that came together
 * with such a request drop the connection: taken as if they had come through TLS, they would let
 * whoever sits in between speak for the agent.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP">PostgreSQL,
 *     "Start-up"</a>
 */
final class StartupHandler extends ByteToMessageDecoder {

    private final StartupServices services;
    private final ListenTls tls;
    private final LoginGuard guard;
    private boolean sslRequested;
    private boolean gssEncRequested;

    StartupHandler(StartupServices services, ListenTls tls, LoginGuard guard) {
        this.services = services;
        this.tls = tls;
        this.guard = guard;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (guard.isOver()) {
            in.skipBytes(in.readableBytes());
            return;
        }
        switch (StartupPacketDecoder.decode(in)) {
            case null -> {
                // Not there as a whole.
            }
            case StartupPacket.SslRequest() -> onSslRequest(ctx, in);
            case StartupPacket.GssEncRequest() -> onGssEncRequest(ctx, in);
            case StartupPacket.CancelRequest cancel -> onCancelRequest(ctx, cancel);
            case StartupPacket.StartupMessage startup -> onStartupMessage(ctx, startup);
            case StartupPacket.Unreadable unreadable ->
                    guard.refuse(
                            ctx.channel(),
                            LoginFault.PROTOCOL,
                            ErrorResponse.fatal(
                                    unreadable.fault().sqlState(), unreadable.message()));
        }
    }

    private void onSslRequest(ChannelHandlerContext ctx, ByteBuf rest) {
        if (sslRequested || guard.tlsVersion() != null) {
            refuseSecondRequest(ctx);
        } else if (rest.isReadable()) {
            guard.drop(ctx.channel(), LoginFault.DATA_BEFORE_TLS, SqlState.PROTOCOL_VIOLATION);
        } else if (tls.mode() == ListenTls.Mode.DISABLE) {
            sslRequested = true;
            answer(ctx, 'N');
        } else {
            sslRequested = true;
            answer(ctx, 'S');
            ctx.pipeline().addFirst(tls.newHandler(ctx.alloc()));
        }
    }

    private void onGssEncRequest(ChannelHandlerContext ctx, ByteBuf rest) {
        if (gssEncRequested || guard.tlsVersion() != null) {
            refuseSecondRequest(ctx);
        } else if (rest.isReadable()) {
            guard.drop(ctx.channel(), LoginFault.DATA_BEFORE_TLS, SqlState.PROTOCOL_VIOLATION);
        } else {
            gssEncRequested = true;
            answer(ctx, 'N');
        }
    }

    private void refuseSecondRequest(ChannelHandlerContext ctx) {
        guard.refuse(
                ctx.channel(),
                LoginFault.PROTOCOL,
                ErrorResponse.fatal(
                        SqlState.PROTOCOL_VIOLATION, "encryption has been negotiated already"));
    }

    private static void answer(ChannelHandlerContext ctx, char letter) {
        ctx.writeAndFlush(Unpooled.buffer(1).writeByte(letter));
    }

    private void onCancelRequest(ChannelHandlerContext ctx, StartupPacket.CancelRequest cancel) {
        guard.onCancelRequest();
        services.cancelRouter()
                .cancel(
                        cancel.key(),
                        LoginGuard.client(ctx.channel()),
                        () -> LoginGuard.close(ctx.channel()));
    }

    private void onStartupMessage(ChannelHandlerContext ctx, StartupPacket.StartupMessage startup) {
        guard.onStartupMessage(startup.user());
        if (tls.mode() == ListenTls.Mode.REQUIRE && guard.tlsVersion() == null) {
            guard.refuse(
                    ctx.channel(),
                    LoginFault.TLS_REQUIRED,
                    ErrorResponse.fatal(
                                    SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
                                    "connections without TLS are not accepted")
                            .withHint("Connect with sslmode=require or a stricter mode."));
            return;
        }
        Login login = services.authenticator().begin(startup.user(), address(ctx));
        ByteBuf answer = ctx.alloc().buffer();
        if (startup.needsNegotiation()) {
            BackendMessages.negotiateProtocolVersion(
                    answer, startup.version().negotiated(), startup.protocolOptions());
        }
        BackendMessages.authenticationSasl(answer, Authenticator.MECHANISMS);
        ctx.writeAndFlush(answer);
        ctx.pipeline().replace(this, null, new SaslHandler(services, guard, startup, login));
    }

    private static @Nullable InetAddress address(ChannelHandlerContext ctx) {
        return ctx.channel().remoteAddress() instanceof InetSocketAddress inet
                ? inet.getAddress()
                : null;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            onHandshake(ctx, ctx.pipeline().get(SslHandler.class));
        }
        super.userEventTriggered(ctx, event);
    }

    /**
     * TLS that nobody asked for in PostgreSQL's protocol has to say that it is for PostgreSQL's
     * protocol.
     */
    private void onHandshake(ChannelHandlerContext ctx, SslHandler handler) {
        guard.onTls(handler.engine().getSession().getProtocol());
        if (!sslRequested && !ListenTls.ALPN.equals(handler.applicationProtocol())) {
            guard.drop(ctx.channel(), LoginFault.TLS_HANDSHAKE, SqlState.PROTOCOL_VIOLATION);
        }
    }
}
