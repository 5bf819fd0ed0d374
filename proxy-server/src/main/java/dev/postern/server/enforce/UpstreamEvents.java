package dev.postern.server.enforce;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What happens on a connection to the upstream. All calls on its event loop. */
public interface UpstreamEvents {

    /**
     * Bytes have come.
     *
     * @param in its reader index is moved behind what was taken; the rest is to be presented again
     *     together with what follows it. Neither kept nor released.
     */
    void onUpstreamBytes(ByteBuf in);

    /** The bytes read at one time are all presented. */
    void onUpstreamReadComplete();

    /** The connection takes bytes again, or no longer. */
    void onUpstreamWritability();

    /**
     * The connection is gone.
     *
     * @param cause in words, {@code null} if it was closed
     */
    void onUpstreamClosed(@Nullable String cause);

    /** Something went wrong in here. */
    void onTrouble(Throwable cause);
}
