package dev.postern.server.enforce;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A {@link Peer} over a Netty channel. */
public final class ChannelPeer implements Peer {

    /** How long the last bytes to a side that does not read them may take. */
    private static final long CLOSE_TIMEOUT_SECONDS = 5;

    private final Channel channel;
    private final Runnable onResume;
    private boolean closing;

    /**
     * Wraps a channel.
     *
     * @param onResume called when reading resumes: presents what was held back
     */
    public ChannelPeer(Channel channel, Runnable onResume) {
        this.channel = channel;
        this.onResume = onResume;
    }

    @Override
    public void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void reading(boolean enabled) {
        channel.config().setAutoRead(enabled);
        if (enabled) {
            // May find the next reason to wait, and stop the reading again.
            onResume.run();
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        closing = true;
        if (!channel.isActive()) {
            channel.close();
            return;
        }
        Future<?> lastResort =
                channel.eventLoop()
                        .schedule(() -> channel.close(), CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> lastResort.cancel(false));
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
