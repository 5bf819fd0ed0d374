package dev.postern.server.metrics;

/** What happens to the connections of one upstream. Safe for use by any thread. */
public interface PoolMetrics {

    /** So many more sessions, or fewer, wait for a connection. */
    void waiting(int change);

    /** A session has got a connection. */
    void waited(long nanos);

    /** A session has waited for one in vain. */
    void timedOut();

    /** So many more transactions, or fewer, may be on their connections while others wait. */
    void limit(int change);

    /**
     * A connection was closed rather than used again.
     *
     * @param reason from a closed set
     */
    void discarded(String reason);

    /**
     * So many more sessions, or fewer, keep their connections between transactions.
     *
     * @param reason from a closed set
     */
    void pinned(String reason, int change);
}
