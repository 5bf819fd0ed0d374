package dev.postern.server.upstream;

import dev.postern.protocol.BackendScanner;
import dev.postern.server.enforce.ChannelPeer;
import dev.postern.server.enforce.Peer;
import dev.postern.server.enforce.UpstreamEvents;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to PostgreSQL that is in use: turns channel events into {@link UpstreamEvents}. Owns
 * the bytes of a message that is not whole yet.
 */
public final class UpstreamHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHandler.class);

    private final UpstreamEvents events;
    private @Nullable ByteBuf tail;

    public UpstreamHandler(UpstreamEvents events) {
        this.events = events;
    }

    /** Returns a connection as its user writes to it. */
    public static Peer peer(Channel channel) {
        return new ChannelPeer(channel, () -> {});
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            completeTail(in);
            if (in.isReadable()) {
                events.onUpstreamBytes(in);
            }
            if (in.isReadable()) {
                // Made large enough for the rest of the message, so that only its own bytes are
                // ever copied.
                tail =
                        ctx.alloc()
                                .buffer(in.readableBytes() + BackendScanner.missing(in))
                                .writeBytes(in);
            }
        } finally {
            in.release();
        }
    }

    private void completeTail(ByteBuf in) {
        ByteBuf left = tail;
        while (left != null && in.isReadable()) {
            int step = Math.min(BackendScanner.missing(left), in.readableBytes());
            left.writeBytes(in, step);
            if (BackendScanner.missing(left) > 0) {
                continue;
            }
            events.onUpstreamBytes(left);
            if (!left.isReadable()) {
                left.release();
                left = null;
                tail = null;
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        events.onUpstreamReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        events.onUpstreamWritability();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        events.onUpstreamClosed(null);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (tail != null) {
            tail.release();
            tail = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            events.onUpstreamClosed(cause.getMessage());
        } else {
            LOG.error("error on a connection to the upstream", cause);
            events.onTrouble(cause);
        }
    }
}
