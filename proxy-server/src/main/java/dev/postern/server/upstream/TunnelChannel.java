package dev.postern.server.upstream;

import dev.postern.server.ssh.SshTunnel;
import dev.postern.server.ssh.TunnelConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A connection through an SSH tunnel, to handlers like any other. It lives on whatever event loop
 * it is registered with; the tunnel's work is done on the tunnel's own threads.
 *
 * <pre>
 * OPEN → CONNECTING → ACTIVE → CLOSED
 * </pre>
 *
 * One read and one write are under way at most, so that it holds no more than two chunks beyond
 * what Netty's own buffer holds and the SSH window allows.
 */
final class TunnelChannel extends AbstractChannel {

    private static final ChannelMetadata METADATA = new ChannelMetadata(false);
    private static final int CHUNK = 32 * 1024;

    private final SshTunnel tunnel;
    private final ChannelConfig config = new Config(this);
    private boolean closed;
    private boolean reading;
    private boolean writing;
    private @Nullable InetSocketAddress remote;
    private @Nullable ChannelPromise connecting;
    private @Nullable TunnelConnection connection;

    /** What is a matter of sockets is none of this. */
    private static final class Config extends DefaultChannelConfig {

        Config(TunnelChannel channel) {
            super(channel);
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            return option.equals(ChannelOption.TCP_NODELAY)
                    || option.equals(ChannelOption.SO_KEEPALIVE)
                    || super.setOption(option, value);
        }
    }

    TunnelChannel(SshTunnel tunnel) {
        super(null);
        this.tunnel = tunnel;
    }

    /** Makes another channel through the same tunnel. */
    TunnelChannel sibling() {
        return new TunnelChannel(tunnel);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new TunnelUnsafe();
    }

    private final class TunnelUnsafe extends AbstractUnsafe {

        @Override
        public void connect(
                SocketAddress remoteAddress,
                @Nullable SocketAddress localAddress,
                ChannelPromise promise) {
            if (!promise.setUncancellable() || !ensureOpen(promise)) {
                return;
            }
            InetSocketAddress address = (InetSocketAddress) remoteAddress;
            remote = address;
            connecting = promise;
            tunnel.open(address.getHostString(), address.getPort())
                    .whenComplete((opened, failure) -> onOpened(opened, failure));
        }

        /** Goes on with what is waiting to be written. */
        void goOn() {
            flush0();
        }
    }

    private void onOpened(@Nullable TunnelConnection opened, @Nullable Throwable failure) {
        try {
            eventLoop().execute(() -> connected(opened, failure));
        } catch (RejectedExecutionException e) {
            if (opened != null) {
                opened.close();
            }
        }
    }

    private void connected(@Nullable TunnelConnection opened, @Nullable Throwable failure) {
        ChannelPromise promise = connecting;
        connecting = null;
        if (closed) {
            if (opened != null) {
                opened.close();
            }
        } else if (opened == null) {
            if (promise != null) {
                promise.tryFailure(cause(failure));
            }
            close();
        } else {
            connection = opened;
            if (promise != null) {
                promise.trySuccess();
            }
            pipeline().fireChannelActive();
        }
    }

    private static Throwable cause(@Nullable Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return failure.getCause();
        }
        return failure == null ? new IOException("no connection") : failure;
    }

    @Override
    protected void doBeginRead() {
        TunnelConnection open = connection;
        if (open != null && !reading) {
            reading = true;
            open.read(CHUNK).whenComplete((bytes, failure) -> later(() -> onRead(bytes)));
        }
    }

    private void onRead(byte @Nullable [] bytes) {
        reading = false;
        if (closed) {
            return;
        }
        if (bytes == null || bytes.length == 0) {
            close();
        } else {
            pipeline().fireChannelRead(Unpooled.wrappedBuffer(bytes));
            pipeline().fireChannelReadComplete();
        }
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        TunnelConnection open = connection;
        if (open == null || writing) {
            return;
        }
        byte[] chunk = firstChunk(in);
        writing = true;
        open.write(chunk)
                .whenComplete((written, failure) ->
                        later(() -> onWritten(chunk.length, failure == null)));
    }

    private static byte[] firstChunk(ChannelOutboundBuffer in) throws Exception {
        ByteBuf chunk = Unpooled.buffer(Math.clamp(in.totalPendingWriteBytes(), 0, CHUNK), CHUNK);
        in.forEachFlushedMessage(message -> {
            ByteBuf bytes = (ByteBuf) message;
            int length = Math.min(bytes.readableBytes(), CHUNK - chunk.writerIndex());
            chunk.writeBytes(bytes, bytes.readerIndex(), length);
            return chunk.writerIndex() < CHUNK;
        });
        byte[] copy = new byte[chunk.readableBytes()];
        chunk.readBytes(copy);
        return copy;
    }

    private void onWritten(int length, boolean success) {
        writing = false;
        ChannelOutboundBuffer out = unsafe().outboundBuffer();
        if (closed || out == null) {
            return;
        }
        if (success) {
            out.removeBytes(length);
            ((TunnelUnsafe) unsafe()).goOn();
        } else {
            close();
        }
    }

    private void later(Runnable action) {
        try {
            eventLoop().execute(action);
        } catch (RejectedExecutionException e) {
            // The event loop has ended, and its channels with it.
            return;
        }
    }

    @Override
    protected void doClose() {
        closed = true;
        ChannelPromise promise = connecting;
        connecting = null;
        if (promise != null) {
            promise.tryFailure(new ClosedChannelException());
        }
        TunnelConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doBind(SocketAddress localAddress) {
        throw new UnsupportedOperationException("a tunnel has no addresses here");
    }

    @Override
    protected Object filterOutboundMessage(Object message) {
        if (message instanceof ByteBuf) {
            return message;
        }
        throw new UnsupportedOperationException(
                "not bytes: " + StringUtil.simpleClassName(message));
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return null;
    }

    /** Returns the address as the SSH server is asked for it, not resolved. */
    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isActive() {
        return connection != null;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
