package dev.postern.server.upstream;

import dev.postern.protocol.BackendKey;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendMessages;
import dev.postern.protocol.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Opens one session with PostgreSQL, from the StartupMessage to ReadyForQuery, then leaves.
 *
 * <pre>
 * StartupMessage → AuthenticationRequest… ({@link UpstreamAuthentication}) → AuthenticationOk
 *   → ParameterStatus*, BackendKeyData, NoticeResponse* → ReadyForQuery 'I'
 * ErrorResponse at any time is the end
 * </pre>
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP">PostgreSQL,
 *     "Start-up"</a>
 */
final class UpstreamStartupHandler extends ByteToMessageDecoder {

    /** What the length word of a message may say while connecting. */
    static final int MAX_MESSAGE_LENGTH = 65_536;

    /** How many parameters a server may report; PostgreSQL 18 reports 15. */
    static final int MAX_PARAMETERS = 200;

    private static final int HEADER_LENGTH = 1 + Integer.BYTES;

    private final UpstreamTarget target;
    private final UpstreamHost host;
    private final Consumer<UpstreamConnection> onReady;
    private final Consumer<UpstreamFailure> onFailure;
    private final UpstreamAuthentication authentication;
    private final Map<String, String> parameterStatus = new LinkedHashMap<>();
    private @Nullable BackendKey key;
    private boolean ready;
    private boolean over;

    /**
     * Makes a handler.
     *
     * @param onReady called once, on the event loop, when this handler has left the pipeline
     * @param onFailure called instead, possibly more than once; closes the channel
     */
    UpstreamStartupHandler(
            UpstreamTarget target,
            UpstreamHost host,
            Consumer<UpstreamConnection> onReady,
            Consumer<UpstreamFailure> onFailure) {
        this.target = target;
        this.host = host;
        this.onReady = onReady;
        this.onFailure = onFailure;
        this.authentication = new UpstreamAuthentication(target, host, this::fail);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        start(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            start(ctx);
        }
    }

    private void start(ChannelHandlerContext ctx) {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", target.user());
        parameters.put("database", target.database());
        parameters.putAll(target.settings());
        ByteBuf message = ctx.alloc().buffer();
        FrontendMessages.startupMessage(message, ProtocolVersion.V3_0, parameters);
        ctx.writeAndFlush(message);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (over) {
            in.skipBytes(in.readableBytes());
        } else if (in.readableBytes() >= HEADER_LENGTH) {
            int length = in.getInt(in.readerIndex() + 1) - Integer.BYTES;
            if (length < 0 || length > MAX_MESSAGE_LENGTH) {
                violation("message length");
            } else if (in.readableBytes() >= HEADER_LENGTH + length) {
                byte type = in.readByte();
                in.skipBytes(Integer.BYTES);
                onMessage(ctx, type, in.readSlice(length));
            }
        }
    }

    private void onMessage(ChannelHandlerContext ctx, byte type, ByteBuf body) {
        try {
            switch (type) {
                case 'R' ->
                        authentication.onRequest(ctx, body, ctx.pipeline().get(SslHandler.class));
                case 'S' -> onParameterStatus(body);
                case 'K' -> onBackendKeyData(body);
                case 'Z' -> onReadyForQuery(ctx, body);
                case 'E' -> fail(new UpstreamFailure.Refused(host, ErrorResponse.read(body)));
                case 'N' -> {
                    // A notice is for whoever runs statements; nobody does yet.
                }
                default -> violation("message type " + (type & 0xFF));
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            violation("message of type " + (char) type);
        }
    }

    private void onParameterStatus(ByteBuf body) {
        String name = cString(body);
        String value = cString(body);
        if (body.isReadable()
                || (parameterStatus.size() >= MAX_PARAMETERS
                        && !parameterStatus.containsKey(name))) {
            violation("ParameterStatus");
        } else {
            parameterStatus.put(name, value);
        }
    }

    private static String cString(ByteBuf body) {
        int length = body.bytesBefore((byte) 0);
        if (length < 0) {
            throw new IllegalArgumentException("text without terminator");
        }
        String text = body.toString(body.readerIndex(), length, StandardCharsets.UTF_8);
        body.skipBytes(length + 1);
        return text;
    }

    private void onBackendKeyData(ByteBuf body) {
        int processId = body.readInt();
        byte[] secret = new byte[body.readableBytes()];
        body.readBytes(secret);
        key = new BackendKey(processId, secret);
    }

    private void onReadyForQuery(ChannelHandlerContext ctx, ByteBuf body) {
        if (!authentication.isDone() || body.readableBytes() != 1 || body.readByte() != 'I') {
            violation("ReadyForQuery");
        } else if (!target.allowPrimary()
                && !"on".equals(parameterStatus.get(UpstreamConnection.IN_HOT_STANDBY))) {
            fail(new UpstreamFailure.NotStandby(host));
        } else {
            ready = true;
            ctx.channel().config().setAutoRead(false);
        }
    }

    /**
     * Leaves only when all that was read has been taken: an asynchronous ParameterStatus that came
     * together with ReadyForQuery is part of what is handed over. As long as one is incomplete, the
     * rest of it is waited for.
     */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        if (over) {
            return;
        }
        if (!ready) {
            super.channelReadComplete(ctx);
        } else if (actualReadableBytes() > 0) {
            ctx.read();
        } else {
            over = true;
            ctx.pipeline().remove(this);
            onReady.accept(new UpstreamConnection(ctx.channel(), host, parameterStatus, key));
        }
    }

    private void violation(String what) {
        fail(new UpstreamFailure.ProtocolViolation(host, what));
    }

    private void fail(UpstreamFailure failure) {
        over = true;
        onFailure.accept(failure);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(new UpstreamFailure.Unreachable(host, "connection closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof SSLException || cause.getCause() instanceof SSLException) {
            fail(new UpstreamFailure.TlsFailed(host, String.valueOf(cause.getMessage())));
        } else if (cause instanceof IOException) {
            fail(new UpstreamFailure.Unreachable(host, String.valueOf(cause.getMessage())));
        } else {
            fail(new UpstreamFailure.ProtocolViolation(host, cause.toString()));
        }
    }
}
