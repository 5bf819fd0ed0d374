package dev.postern.server.frontend;

import dev.postern.server.enforce.ChannelPeer;
import dev.postern.server.enforce.Peer;
import dev.postern.server.enforce.ProxySession;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authenticated agent's connection: turns channel events into those of its {@link ProxySession}.
 * Owns the bytes of messages that are not whole or have to wait.
 */
public final class AgentHandler extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(AgentHandler.class);

    private final Channel channel;
    private final ChannelPeer peer;
    private @Nullable ProxySession session;
    private @Nullable ByteBuf held;
    private boolean presenting;

    public AgentHandler(Channel channel) {
        this.channel = channel;
        this.peer = new ChannelPeer(channel, this::presentHeld);
    }

    /** Returns the connection as the session uses it. */
    public Peer peer() {
        return peer;
    }

    /** Connects it to its session. What came before is presented once reading is enabled. */
    public void attach(ProxySession newSession) {
        session = newSession;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        held =
                held == null
                        ? in
                        : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), held, in);
        if (session != null) {
            present(session);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (session != null) {
            session.onAgentReadComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (session != null) {
            session.onAgentWritability();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (session != null) {
            session.onAgentClosed(null);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (held != null) {
            held.release();
            held = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (session == null) {
            channel.close();
        } else if (cause instanceof IOException) {
            session.onAgentClosed(cause.getMessage());
        } else {
            LOG.error("error on an agent's connection", cause);
            session.onTrouble(cause);
        }
    }

    private void presentHeld() {
        if (session != null && held != null && !presenting) {
            present(session);
            session.onAgentReadComplete();
        }
    }

    private void present(ProxySession to) {
        ByteBuf in = held;
        if (in == null) {
            return;
        }
        presenting = true;
        try {
            to.onAgentBytes(in);
        } finally {
            presenting = false;
        }
        if (!in.isReadable()) {
            held = null;
            in.release();
        }
    }
}
