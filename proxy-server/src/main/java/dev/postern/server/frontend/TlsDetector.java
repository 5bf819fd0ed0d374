package dev.postern.server.frontend;

import dev.postern.server.tls.ListenTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Looks at the first byte of a connection: a TLS record of a handshake begins with one that no
 * startup packet can begin with. Then gives its place to TLS, or to nobody, and what it has read
 * goes on.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL">PostgreSQL,
 *     "SSL Session Encryption"</a>
 */
final class TlsDetector extends ByteToMessageDecoder {

    private static final byte TLS_HANDSHAKE = 0x16;

    private final ListenTls tls;

    TlsDetector(ListenTls tls) {
        this.tls = tls;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (in.getByte(in.readerIndex()) == TLS_HANDSHAKE) {
            ctx.pipeline().replace(this, null, tls.newHandler(ctx.alloc()));
        } else {
            ctx.pipeline().remove(this);
        }
    }
}
