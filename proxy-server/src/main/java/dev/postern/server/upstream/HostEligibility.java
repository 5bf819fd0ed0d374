package dev.postern.server.upstream;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known of hosts before connecting to them. Safe for use by any thread. */
@FunctionalInterface
public interface HostEligibility {

    /** Every host may serve. */
    HostEligibility ALL = (host, maxLag) -> List.of();

    /**
     * Returns what stands against a new session on a host right now, nothing if it may serve; does
     * not block.
     *
     * @param maxLag how far its replay may be behind at most; {@code null}: as its upstream demands
     */
    List<Objection> objections(UpstreamHost host, @Nullable Duration maxLag);
}
