package dev.postern.server.enforce;

import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import dev.postern.server.enforce.MessageGuard.Downstream;
import dev.postern.server.enforce.MessageGuard.Step;
import dev.postern.server.enforce.MessageGuard.Upstream;
import dev.postern.session.ResponseTracker;
import org.jspecify.annotations.Nullable;

/**
 * The refusal of the message at the head of the input. It waits until nothing is owed, so that it
 * stands in its place in the stream and the upstream's transaction status is known. Outside a
 * transaction it is answered from here. Inside one, or inside a pipeline of which something was
 * forwarded, a statement that cannot succeed is forwarded in its place, and its error replaced: so
 * the upstream itself fails the transaction and skips to Sync, exactly as for an error of its own.
 *
 * <p>All methods are called on the session's event loop.
 */
final class HeadRefusal {

    /** How a refused message would have been answered. */
    enum Kind {
        /** An error, then ReadyForQuery. */
        QUERY,
        /** An error, then nothing up to Sync. */
        EXTENDED
    }

    private final ResponseTracker tracker;
    private final Downstream agent;
    private final Upstream upstream;
    private @Nullable ErrorResponse pending;
    private boolean waiting;

    HeadRefusal(ResponseTracker tracker, Downstream agent, Upstream upstream) {
        this.tracker = tracker;
        this.agent = agent;
        this.upstream = upstream;
    }

    /** Returns the recorded refusal of the message at the head, if it was met before. */
    @Nullable ErrorResponse pending() {
        return pending;
    }

    /** Tells whether answers before it are owed. */
    boolean waiting() {
        return waiting;
    }

    /** Answers have come. */
    void onAnswers() {
        if (waiting && tracker.owed() == 0) {
            waiting = false;
        }
    }

    /** The message at the head of the input has been consumed. */
    void onConsumed() {
        pending = null;
    }

    /** Refuses the message at the head now, or once its turn has come. */
    Step answer(Kind kind, ErrorResponse error) {
        if (tracker.owed() > 0) {
            if (tracker.openPipeline()) {
                upstream.forwardTaken();
                upstream.sendFlush();
            }
            pending = error;
            waiting = true;
            return Step.WAIT;
        }
        if (tracker.skippingToSync()) {
            // What came before it in the pipeline has failed meanwhile.
            return Step.CONSUME;
        }
        byte status = tracker.transactionStatus();
        if (tracker.openPipeline() || status == 'T') {
            upstream.forwardTaken();
            switch (kind) {
                case QUERY -> {
                    upstream.sendFailingQuery();
                    tracker.refusedQuery(() -> agent.error(error));
                }
                case EXTENDED -> {
                    upstream.sendFailingParse();
                    tracker.refusedExtended(() -> agent.error(error));
                }
            }
            return Step.CONSUME;
        }
        agent.error(status == 'E' ? transactionFailed() : error);
        switch (kind) {
            case QUERY -> agent.readyForQuery(status);
            case EXTENDED -> tracker.skipToSync();
        }
        return Step.CONSUME;
    }

    private static ErrorResponse transactionFailed() {
        return ErrorResponse.error(
                SqlState.IN_FAILED_SQL_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block");
    }
}
