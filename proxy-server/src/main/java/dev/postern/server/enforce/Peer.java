package dev.postern.server.enforce;

import io.netty.buffer.ByteBuf;

/** One side's connection, as a session uses it. All calls on the session's event loop. */
public interface Peer {

    /** Queues bytes; ownership passes. */
    void write(ByteBuf bytes);

    /** Sends what is queued. */
    void flush();

    /** Tells whether what is queued is below the mark beyond which the other side must wait. */
    boolean isWritable();

    /** Stops or resumes reading from this side. */
    void reading(boolean enabled);

    /** Sends what is queued, then closes. */
    void close();
}
