package dev.postern.server.admin;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts connections up to a limit. */
final class OpenConnections {

    private final int limit;
    private final AtomicInteger open = new AtomicInteger();

    OpenConnections(int limit) {
        this.limit = limit;
    }

    /** Counts a connection until it closes; false if it is one too many. */
    boolean enter(Channel channel) {
        if (open.incrementAndGet() > limit) {
            open.decrementAndGet();
            return false;
        }
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        return true;
    }
}
