package dev.postern.server.metrics;

import dev.postern.policy.Verdict;

/**
 * The numbers of one agent, shared by all of its sessions. Every method is cheap enough for each
 * statement and safe for any thread.
 */
public interface AgentMetrics {

    void sessionOpened();

    void sessionClosed();

    /** Counts a statement that was judged. */
    void decided(Verdict verdict);

    /** Counts a statement that was forwarded and has ended. */
    void completed(long totalNanos, long rows, long bytes);
}
