package dev.postern.server.enforce;

import dev.postern.policy.Verdict;

/** Counts what the sessions of one agent do. Called on event loops: cheap and never blocking. */
public interface SessionObserver {

    /**
     * A statement was decided.
     *
     * @param gateNanos how long the verdict took, zero if it was an earlier one
     */
    void decided(Verdict verdict, long gateNanos);

    /** A statement that was forwarded has ended. */
    void completed(long totalNanos, long rows, long bytes);
}
