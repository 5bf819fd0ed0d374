package dev.postern.server.enforce;

import org.jspecify.annotations.Nullable;

/** Counts what a session does. Called on event loops: cheap and never blocking. */
public interface SessionObserver {

    /**
     * A statement was decided.
     *
     * @param rule the code of the rule that refused it; {@code null} if it was allowed
     */
    void statementDecided(String command, @Nullable String rule);

    /** A statement that was forwarded has ended. */
    void statementCompleted(long rows, long bytes, long totalNanos);
}
