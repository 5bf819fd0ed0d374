package dev.postern.session;

import dev.postern.protocol.BackendMessage;
import dev.postern.protocol.BackendType;
import dev.postern.protocol.ErrorResponse;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the upstream still owes, in order, and what each message of it means.
 *
 * <pre>
 *   forwarded:  Query ────────────┐  Parse Bind Describe Execute Close ┐  Sync ───────┐
 *   owed:       results, Z        │  '1'   '2'  t? T|n   C|I|s   '3'   │  Z           │
 *   error:      E, then Z         │  E answers the first; all up to    │  E, then Z   │
 *                                 │  the next Sync is skipped          │              │
 * </pre>
 *
 * <p>A message that nothing owed can explain means that this session is no longer understood:
 * {@link Listener#onDesynchronized}.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html">PostgreSQL, Message
 *     Flow</a>
 */
public final class ResponseTracker {

    /** Hears what has come of the statements. */
    public interface Listener {

        /** An execution has ended, well or not. */
        void onExecutionEnded(Execution execution);

        /**
         * One more row or piece of COPY data is about to pass.
         *
         * @return false if it must not: then the execution is over for the agent as if {@linkplain
         *     Execution#interrupt interrupted}
         */
        boolean mayPass(Execution execution, int length);

        /** In place of the rest of an execution's answer an error is due now. */
        void onInterrupted(Execution execution);

        /** The upstream waits for the next query. */
        void onReadyForQuery();

        /** The upstream sent what it does not owe. */
        void onDesynchronized(String reason);
    }

    private final Listener listener;
    private final LongSupplier nanoTime;
    private final ArrayDeque<Pending> owed = new ArrayDeque<>();
    private byte transactionStatus = 'I';
    private boolean openPipeline;
    private boolean skippingToSync;
    private @Nullable Execution muted;
    private @Nullable Execution interrupted;

    /**
     * Makes a tracker for a session that is ready and idle.
     *
     * @param nanoTime the monotonic clock of the executions
     */
    public ResponseTracker(Listener listener, LongSupplier nanoTime) {
        this.listener = listener;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns the status of the last ReadyForQuery: {@code I}, {@code T} or {@code E}. Current only
     * if nothing is owed.
     */
    public byte transactionStatus() {
        return transactionStatus;
    }

    /** Tells whether messages of the extended protocol were forwarded for which no Sync was. */
    public boolean openPipeline() {
        return openPipeline;
    }

    /**
     * Tells whether an error has ended the pipeline: the upstream skips everything up to Sync, and
     * so must the agent's messages be.
     */
    public boolean skippingToSync() {
        return skippingToSync;
    }

    /** Returns how many answers are owed. */
    public int owed() {
        return owed.size();
    }

    /**
     * Returns the execution the upstream is at, {@code null} if none is owed. Short answers that
     * were owed before it may still be: the upstream keeps them back until an execution fills its
     * buffer or the pipeline ends.
     */
    public @Nullable Execution current() {
        for (Pending pending : owed) {
            if (pending instanceof Pending.Query(Execution execution)) {
                return execution;
            }
            if (pending instanceof Pending.Execute(Execution execution)) {
                return execution;
            }
        }
        return null;
    }

    // ---- what was forwarded

    public void query(Execution execution) {
        owed.add(new Pending.Query(execution));
        openPipeline = false;
    }

    public void parse(NamedObjects.Change<?> change, Attempt attempt) {
        extended(new Pending.Parse(change, attempt));
    }

    public void bind(NamedObjects.Change<?> change, Attempt attempt) {
        extended(new Pending.Bind(change, attempt));
    }

    public void describeStatement() {
        extended(Pending.DescribeStatement.INSTANCE);
    }

    public void describePortal() {
        extended(Pending.DescribePortal.INSTANCE);
    }

    public void execute(Execution execution) {
        extended(new Pending.Execute(execution));
    }

    public void close(NamedObjects.Change<?> change) {
        extended(new Pending.Close(change));
    }

    public void sync() {
        owed.add(Pending.Sync.INSTANCE);
        openPipeline = false;
        skippingToSync = false;
    }

    /** A Query that cannot succeed was forwarded in place of a refused one. */
    public void refusedQuery(Refusal response) {
        owed.add(new Pending.RefusedQuery(response));
        openPipeline = false;
    }

    /** A Parse that cannot succeed was forwarded in place of a refused message. */
    public void refusedExtended(Refusal response) {
        extended(new Pending.RefusedExtended(response));
    }

    private void extended(Pending pending) {
        owed.add(pending);
        openPipeline = true;
    }

    // ---- an error of our own, with nothing forwarded

    /**
     * The agent was sent an error for a message of the extended protocol: all up to Sync is
     * skipped.
     */
    public void skipToSync() {
        skippingToSync = true;
    }

    /** The Sync that ends a pipeline of which nothing was forwarded has been answered. */
    public void syncAnswered() {
        skippingToSync = false;
    }

    /** Nothing owed will come any more: everything that was forwarded ends in an error. */
    public void abandon(ErrorResponse error) {
        while (!owed.isEmpty()) {
            end(owed.removeFirst(), error);
        }
    }

    // ---- what the upstream sends

    /**
     * A message begins.
     *
     * @return true if it goes on to the agent
     */
    public boolean onStart(byte type, int length) {
        if (type == BackendType.NOTICE_RESPONSE
                || type == BackendType.PARAMETER_STATUS
                || type == BackendType.NOTIFICATION_RESPONSE) {
            return true;
        }
        if (muted != null) {
            return type == BackendType.READY_FOR_QUERY && endsMuting(muted);
        }
        Execution execution = null;
        switch (owed.peekFirst()) {
            case Pending.Query(Execution e) -> execution = e;
            case Pending.Execute(Execution e) -> execution = e;
            case Pending.RefusedQuery refused -> {
                return type == BackendType.READY_FOR_QUERY;
            }
            case Pending.RefusedExtended refused -> {
                return false;
            }
            case null, default -> {
                return true;
            }
        }
        boolean row = type == BackendType.DATA_ROW || type == BackendType.COPY_DATA;
        if ((execution.interrupted() && type != BackendType.READY_FOR_QUERY)
                || (row && !listener.mayPass(execution, length))) {
            muted = execution;
            interrupted = execution;
            return false;
        }
        if (row) {
            if (execution.awaitsFirstRow()) {
                execution.firstRowAt(nanoTime.getAsLong());
            }
            execution.count(1, length);
        } else if (type != BackendType.READY_FOR_QUERY) {
            execution.count(0, length);
        }
        return true;
    }

    /** A message has ended. */
    public void onEnd(byte type, @Nullable BackendMessage message) {
        if (interrupted != null) {
            Execution execution = interrupted;
            interrupted = null;
            if (!(owed.peekFirst() instanceof Pending.Query)
                    && !owed.contains(Pending.Sync.INSTANCE)) {
                skippingToSync = true;
                openPipeline = true;
            }
            listener.onInterrupted(execution);
        }
        switch (type) {
            case BackendType.NOTICE_RESPONSE,
                    BackendType.NOTIFICATION_RESPONSE,
                    BackendType.PARAMETER_STATUS -> {}
            case BackendType.ERROR_RESPONSE -> {
                if (message instanceof BackendMessage.Failure(ErrorResponse error)) {
                    onError(error);
                }
            }
            case BackendType.READY_FOR_QUERY -> {
                if (message instanceof BackendMessage.ReadyForQuery ready) {
                    onReady(ready);
                }
            }
            case BackendType.DATA_ROW,
                    BackendType.COPY_DATA,
                    BackendType.COPY_DONE,
                    BackendType.COPY_OUT_RESPONSE ->
                    expect(running(), type);
            case BackendType.COMMAND_COMPLETE, BackendType.EMPTY_QUERY_RESPONSE -> {
                expect(running(), type);
                endExecute();
            }
            case BackendType.PORTAL_SUSPENDED -> {
                expect(owed.peekFirst() instanceof Pending.Execute, type);
                endExecute();
            }
            case BackendType.PARSE_COMPLETE -> pop(owed.peekFirst() instanceof Pending.Parse, type);
            case BackendType.BIND_COMPLETE -> pop(owed.peekFirst() instanceof Pending.Bind, type);
            case BackendType.CLOSE_COMPLETE -> pop(owed.peekFirst() instanceof Pending.Close, type);
            case BackendType.PARAMETER_DESCRIPTION ->
                    expect(owed.peekFirst() instanceof Pending.DescribeStatement, type);
            case BackendType.ROW_DESCRIPTION -> {
                if (!(owed.peekFirst() instanceof Pending.Query)) {
                    pop(describing(), type);
                }
            }
            case BackendType.NO_DATA -> pop(describing(), type);
            default -> unexpected(type);
        }
    }

    private boolean running() {
        Pending head = owed.peekFirst();
        return head instanceof Pending.Query || head instanceof Pending.Execute;
    }

    private boolean describing() {
        Pending head = owed.peekFirst();
        return head instanceof Pending.DescribeStatement || head instanceof Pending.DescribePortal;
    }

    private void endExecute() {
        if (owed.peekFirst() instanceof Pending.Execute(Execution execution)) {
            owed.removeFirst();
            listener.onExecutionEnded(execution);
        }
    }

    private void onReady(BackendMessage.ReadyForQuery ready) {
        if (ready.status() != 'I' && ready.status() != 'T' && ready.status() != 'E') {
            listener.onDesynchronized("ReadyForQuery with status " + ready.status());
            return;
        }
        boolean unmutes = muted != null && endsMuting(muted);
        switch (owed.peekFirst()) {
            case Pending.Query(Execution execution) -> {
                owed.removeFirst();
                listener.onExecutionEnded(execution);
            }
            case Pending.RefusedQuery refused -> owed.removeFirst();
            case Pending.Sync sync -> owed.removeFirst();
            case null, default -> {
                unexpected(BackendType.READY_FOR_QUERY);
                return;
            }
        }
        if (unmutes) {
            muted = null;
        }
        transactionStatus = ready.status();
        listener.onReadyForQuery();
    }

    private void onError(ErrorResponse error) {
        switch (owed.peekFirst()) {
            case null -> {}
            case Pending.Query(Execution execution) -> execution.fail(error);
            case Pending.Sync sync -> {}
            case Pending.RefusedQuery(Refusal response) -> response.send();
            case Pending.RefusedExtended(Refusal response) -> {
                if (muted == null) {
                    response.send();
                }
                skipPipeline(error);
            }
            case Pending.Parse parse -> skipPipeline(error);
            case Pending.Bind bind -> skipPipeline(error);
            case Pending.DescribeStatement describe -> skipPipeline(error);
            case Pending.DescribePortal describe -> skipPipeline(error);
            case Pending.Execute execute -> skipPipeline(error);
            case Pending.Close close -> skipPipeline(error);
        }
    }

    /**
     * The upstream skips to the next Sync: what stands before it will not be answered, and its
     * changes did not happen. Those behind the Sync still may: they are made anew, on top of what
     * is left.
     */
    private void skipPipeline(ErrorResponse error) {
        owed.descendingIterator()
                .forEachRemaining(pending -> {
                    NamedObjects.@Nullable Change<?> change = change(pending);
                    if (change != null) {
                        change.undo();
                    }
                });
        while (!owed.isEmpty() && !(owed.peekFirst() instanceof Pending.Sync)) {
            end(owed.removeFirst(), error);
        }
        for (Pending pending : owed) {
            NamedObjects.@Nullable Change<?> change = change(pending);
            if (change != null) {
                change.redo();
            }
        }
        if (owed.isEmpty()) {
            // A Query may have closed the pipeline as it was forwarded; but it was skipped, and
            // only a Sync ends this.
            skippingToSync = true;
            openPipeline = true;
        }
    }

    private static NamedObjects.@Nullable Change<?> change(Pending pending) {
        return switch (pending) {
            case Pending.Parse(NamedObjects.Change<?> change, Attempt attempt) -> change;
            case Pending.Bind(NamedObjects.Change<?> change, Attempt attempt) -> change;
            case Pending.Close(NamedObjects.Change<?> change) -> change;
            case Pending.Query query -> null;
            case Pending.Execute execute -> null;
            case Pending.DescribeStatement describe -> null;
            case Pending.DescribePortal describe -> null;
            case Pending.RefusedQuery refused -> null;
            case Pending.RefusedExtended refused -> null;
            case Pending.Sync sync -> null;
        };
    }

    /**
     * The agent has had an error for an interrupted execution: a Query ends at its own
     * ReadyForQuery, a pipeline at that of its Sync.
     */
    @SuppressWarnings("ReferenceEquality") // this execution, not one like it
    private boolean endsMuting(Execution execution) {
        return switch (owed.peekFirst()) {
            case Pending.Query(Execution answered) -> answered == execution;
            case Pending.Sync sync -> true;
            case null, default -> false;
        };
    }

    private void end(Pending pending, ErrorResponse error) {
        switch (pending) {
            case Pending.Query(Execution execution) -> fail(execution, error);
            case Pending.Execute(Execution execution) -> fail(execution, error);
            case Pending.Parse(NamedObjects.Change<?> change, Attempt attempt) ->
                    attempt.failed(error);
            case Pending.Bind(NamedObjects.Change<?> change, Attempt attempt) ->
                    attempt.failed(error);
            case Pending.Close close -> {}
            case Pending.DescribeStatement describe -> {}
            case Pending.DescribePortal describe -> {}
            case Pending.RefusedQuery refused -> {}
            case Pending.RefusedExtended refused -> {}
            case Pending.Sync sync -> {}
        }
    }

    private void fail(Execution execution, ErrorResponse error) {
        execution.fail(error);
        listener.onExecutionEnded(execution);
    }

    private void pop(boolean expected, byte type) {
        if (expect(expected, type)) {
            NamedObjects.@Nullable Change<?> change = change(owed.removeFirst());
            if (change != null) {
                change.settle();
            }
        }
    }

    private boolean expect(boolean expected, byte type) {
        if (!expected) {
            unexpected(type);
        }
        return expected;
    }

    private void unexpected(byte type) {
        Pending head = owed.peekFirst();
        listener.onDesynchronized(
                "message type '"
                        + (char) (type & 0xFF)
                        + "' where "
                        + (head == null
                                ? "nothing"
                                : "an answer to " + head.getClass().getSimpleName())
                        + " was owed");
    }
}
