package dev.postern.server.enforce;

import dev.postern.policy.Verdict;

/** Counts what the sessions of one agent do. Called on event loops: cheap and never blocking. */
public interface SessionObserver {

    /** A statement was decided. */
    void decided(Verdict verdict);

    /** A statement that was forwarded has ended. */
    void completed(long totalNanos, long rows, long bytes);
}
