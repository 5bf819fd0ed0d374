package dev.postern.server.upstream;

import java.time.Duration;
import java.util.function.LongSupplier;

/** One look at a host, as {@link UpstreamProbe} takes them all the time. For commands. */
public final class HostLook {

    private HostLook() {}

    /**
     * Looks at a host and leaves it. Blocks for as long as the timeout allows, a few times over.
     *
     * @param host {@code host:port}, one of the target's
     * @param timeout for opening a connection, and for each answer
     */
    public static HostPosture now(
            ProbeTarget target, String host, Duration timeout, LongSupplier nanoTime) {
        HostProbe probe = new HostProbe(target, host, timeout, nanoTime);
        try {
            probe.look();
            return probe.posture(timeout);
        } finally {
            probe.close();
        }
    }
}
