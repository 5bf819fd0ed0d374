package dev.postern.server.upstream;

import dev.postern.protocol.FrontendMessages;
import dev.postern.server.tls.UpstreamTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks a server for TLS and takes its answer of one byte, then gives its place to TLS. More than
 * that byte cannot come from an honest server, which waits for the handshake: it is never taken as
 * if it had come through TLS.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL">PostgreSQL,
 *     "SSL Session Encryption"</a>
 */
final class SslRequestHandler extends ByteToMessageDecoder {

    private final UpstreamTls tls;
    private final UpstreamHost host;
    private final Consumer<UpstreamFailure> onFailure;

    SslRequestHandler(UpstreamTls tls, UpstreamHost host, Consumer<UpstreamFailure> onFailure) {
        this.tls = tls;
        this.host = host;
        this.onFailure = onFailure;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ByteBuf request = ctx.alloc().buffer();
        FrontendMessages.sslRequest(request);
        ctx.writeAndFlush(request);
        // The handlers behind this one start when TLS is there, not now.
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        byte answer = in.readByte();
        boolean more = in.isReadable();
        in.skipBytes(in.readableBytes());
        if (more && answer != 'E') {
            onFailure.accept(new UpstreamFailure.ProtocolViolation(host, "data before TLS"));
        } else if (answer != 'S') {
            onFailure.accept(new UpstreamFailure.TlsRefused(host));
        } else {
            ctx.pipeline()
                    .replace(this, null, tls.newHandler(ctx.alloc(), host.name(), host.port()));
        }
    }
}
