package dev.postern.server.upstream;

import dev.postern.protocol.BackendKey;
import dev.postern.protocol.FrontendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import javax.net.ssl.SSLException;

/**
 * Sends one CancelRequest, as soon as the connection (and TLS, if any) is there, and waits for the
 * server to close.
 */
final class CancelRequestHandler extends ChannelInboundHandlerAdapter {

    private final UpstreamHost host;
    private final BackendKey key;
    private final Promise<Void> promise;
    private boolean sent;

    CancelRequestHandler(UpstreamHost host, BackendKey key, Promise<Void> promise) {
        this.host = host;
        this.key = key;
        this.promise = promise;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        send(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            send(ctx);
        }
    }

    private void send(ChannelHandlerContext ctx) {
        sent = true;
        ByteBuf message = ctx.alloc().buffer();
        FrontendMessages.cancelRequest(message, key);
        ctx.writeAndFlush(message);
    }

    /** The server answers nothing; what comes is not read. */
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (sent) {
            promise.trySuccess(null);
        } else {
            promise.tryFailure(
                    new UpstreamException(
                            new UpstreamFailure.Unreachable(host, "connection closed")));
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        String reason = String.valueOf(cause.getMessage());
        promise.tryFailure(
                new UpstreamException(
                        cause.getCause() instanceof SSLException
                                ? new UpstreamFailure.TlsFailed(host, reason)
                                : new UpstreamFailure.Unreachable(host, reason)));
    }
}
