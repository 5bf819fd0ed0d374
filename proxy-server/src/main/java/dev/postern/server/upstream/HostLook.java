package dev.postern.server.upstream;

import java.util.function.LongSupplier;

/** One look at a host, as {@link UpstreamProbe} takes them all the time. For commands. */
public final class HostLook {

    private HostLook() {}

    /**
     * Looks at a host and leaves it. Blocks for as long as its timeouts allow, a few times over.
     *
     * @param host {@code host:port}, one of the target's
     */
    public static HostPosture now(ProbeTarget target, String host, LongSupplier nanoTime) {
        HostProbe probe = new HostProbe(target, host, nanoTime);
        try {
            probe.look();
            return probe.posture();
        } finally {
            probe.close();
        }
    }
}
