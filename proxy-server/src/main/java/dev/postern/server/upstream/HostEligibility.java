package dev.postern.server.upstream;

/** What is known of hosts before connecting to them. Safe for use by any thread. */
@FunctionalInterface
public interface HostEligibility {

    /** Every host may serve. */
    HostEligibility ALL = host -> true;

    /** Tells whether a host may serve sessions right now; does not block. */
    boolean isEligible(UpstreamHost host);
}
