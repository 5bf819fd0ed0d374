package dev.postern.session;

import dev.postern.protocol.ErrorResponse;
import org.jspecify.annotations.Nullable;

/**
 * One run of one statement, from its forwarding to its last answer. Whoever forwards it extends
 * this with what it needs to know at the end. Times are those of one monotonic clock, in
 * nanoseconds.
 */
public abstract class Execution {

    private static final long NONE = Long.MIN_VALUE;

    private final long startNanos;
    private long firstRowNanos = NONE;
    private long rows;
    private long bytes;
    private @Nullable ErrorResponse error;
    private boolean interrupted;

    protected Execution(long startNanos) {
        this.startNanos = startNanos;
    }

    /** Returns when it was forwarded. */
    public final long startNanos() {
        return startNanos;
    }

    /** Returns the time from forwarding to the first row, negative if there was none. */
    public final long firstRowAfterNanos() {
        return firstRowNanos == NONE ? -1 : firstRowNanos - startNanos;
    }

    /** Returns how many rows went to the agent. */
    public final long rows() {
        return rows;
    }

    /** Returns how many bytes of messages went to the agent. */
    public final long bytes() {
        return bytes;
    }

    /** Returns the first error it met, {@code null} if none. */
    public final @Nullable ErrorResponse error() {
        return error;
    }

    /**
     * Tells whether it was stopped from here: of what the upstream still sends for it nothing goes
     * to the agent.
     */
    public final boolean interrupted() {
        return interrupted;
    }

    /** Stops it: its next message, whatever that is, gives way to an error. */
    public final void interrupt() {
        interrupted = true;
    }

    final boolean awaitsFirstRow() {
        return firstRowNanos == NONE;
    }

    final void firstRowAt(long nanos) {
        firstRowNanos = nanos;
    }

    final void count(int moreRows, int moreBytes) {
        rows += moreRows;
        bytes += moreBytes;
    }

    /** Ends it in an error that the upstream did not send, unless it has met one already. */
    public final void fail(ErrorResponse cause) {
        if (error == null) {
            error = cause;
        }
    }
}
