package dev.postern.server.pool;

import dev.postern.protocol.BackendMessage;
import dev.postern.protocol.BackendMessage.Column;
import dev.postern.protocol.BackendScanner;
import dev.postern.protocol.BackendType;
import dev.postern.protocol.ErrorResponse;
import dev.postern.server.pool.Owed.Kind;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one connection owes, in order, and for whom: answers to the session go on to it, those to
 * Postern's own messages do not, and those that are made here take their places in between.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html">PostgreSQL, Message
 *     Flow</a>
 */
final class AnswerQueue implements BackendScanner.Listener {

    /** Where it goes. */
    interface Sink {

        /** Bytes for the session; neither kept nor released. */
        void onAnswer(ByteBuf in);

        /** The server reports another value of a setting, and the session has been told. */
        default void onParameter(String name, String value) {}

        /** The connection's bytes are not understood any more. */
        void onDesynchronized(String reason);
    }

    private final ArrayDeque<Owed> owed = new ArrayDeque<>();
    private final BiConsumer<String, String> reports;
    private Sink sink;
    private byte status = 'I';

    /** How many of what is owed end with ReadyForQuery. */
    private int owedReady;

    private boolean openPipeline;
    private boolean skipping;
    private boolean dead;

    /**
     * Makes one for a connection that is ready and idle.
     *
     * @param reports is told each name and value that the server reports
     */
    AnswerQueue(BiConsumer<String, String> reports, Sink sink) {
        this.reports = reports;
        this.sink = sink;
    }

    void to(Sink newSink) {
        sink = newSink;
    }

    /** Tells whether nothing is owed, begun or in a transaction. */
    boolean isIdle() {
        return owed.isEmpty() && status == 'I' && !openPipeline && !dead;
    }

    /** Returns the state of the transaction as ReadyForQuery told it last. */
    char status() {
        return (char) status;
    }

    boolean isEmpty() {
        return owed.isEmpty();
    }

    /** Tells whether messages of the extended protocol went out for which no Sync did. */
    boolean openPipeline() {
        return openPipeline;
    }

    /**
     * Tells whether the server would take a Parse of what it has parsed before: it would not in a
     * failed transaction, nor may it while it is not certain that the transaction has not failed.
     */
    boolean mayAnswerForServer() {
        return status != 'E' && owedReady == 0;
    }

    /** Tells whether the server skips what comes before the next Sync. */
    boolean skipping() {
        return skipping;
    }

    /** Something was asked. */
    void add(Owed one) {
        switch (one.kind) {
            case QUERY -> openPipeline = false;
            case SYNC -> {
                openPipeline = false;
                skipping = false;
            }
            case LOCAL -> {}
            default -> openPipeline = true;
        }
        if (one.endsWithReady()) {
            owedReady++;
        }
        owed.add(one);
    }

    private Owed removeFirst() {
        Owed first = owed.removeFirst();
        if (first.endsWithReady()) {
            owedReady--;
        }
        return first;
    }

    // ---- what the server sends

    @Override
    public boolean onStart(byte type, int length) {
        if (dead) {
            return false;
        }
        Owed head = owed.peekFirst();
        if (head == null) {
            // What the server says unasked between transactions concerns its connection: whether it
            // reports other values is told with the next one, and an error is followed by its end.
            return status != 'I'
                    || (type != BackendType.PARAMETER_STATUS && type != BackendType.ERROR_RESPONSE);
        }
        return head.shows(type);
    }

    @Override
    public boolean wantsContent() {
        Owed head = owed.peekFirst();
        return head != null && head.own;
    }

    @Override
    public void onForward(ByteBuf in, int from, int to) {
        sink.onAnswer(in.slice(from, to - from));
    }

    @Override
    public void onMalformed(String reason) {
        desynchronized(reason);
    }

    @Override
    public void onEnd(byte type, @Nullable BackendMessage message) {
        if (dead) {
            return;
        }
        switch (type) {
            case BackendType.NOTICE_RESPONSE, BackendType.NOTIFICATION_RESPONSE -> {}
            case BackendType.PARAMETER_STATUS -> {
                if (message instanceof BackendMessage.ParameterStatus(String name, String value)) {
                    reports.accept(name, value);
                    Owed head = owed.peekFirst();
                    if (head == null ? status != 'I' : head.shows(type)) {
                        sink.onParameter(name, value);
                    }
                }
            }
            case BackendType.ERROR_RESPONSE -> {
                if (message instanceof BackendMessage.Failure(ErrorResponse error)) {
                    onError(error);
                }
            }
            case BackendType.READY_FOR_QUERY -> {
                if (message instanceof BackendMessage.ReadyForQuery ready) {
                    onReady(ready.status());
                }
            }
            default -> onAnswer(type, message);
        }
    }

    private void onAnswer(byte type, @Nullable BackendMessage message) {
        Owed head = owed.peekFirst();
        if (head == null) {
            desynchronized("message type '" + (char) type + "' where nothing was owed");
            return;
        }
        if (type == BackendType.DATA_ROW && head.own) {
            head.row(
                    message instanceof BackendMessage.DataRow(List<@Nullable String> values)
                            ? values
                            : null);
        }
        if (type == BackendType.ROW_DESCRIPTION && head.own) {
            head.columns(
                    message instanceof BackendMessage.RowDescription(List<Column> columns)
                            ? columns
                            : null);
        } else if (type == BackendType.NO_DATA && head.own) {
            head.columns(List.of());
        }
        boolean ends =
                switch (head.kind) {
                    case QUERY, SYNC, LOCAL -> false;
                    case PARSE -> type == BackendType.PARSE_COMPLETE;
                    case BIND -> type == BackendType.BIND_COMPLETE;
                    case CLOSE -> type == BackendType.CLOSE_COMPLETE;
                    case DESCRIBE_STATEMENT, DESCRIBE_PORTAL ->
                            type == BackendType.ROW_DESCRIPTION || type == BackendType.NO_DATA;
                    case EXECUTE ->
                            type == BackendType.COMMAND_COMPLETE
                                    || type == BackendType.EMPTY_QUERY_RESPONSE
                                    || type == BackendType.PORTAL_SUSPENDED;
                };
        if (ends) {
            removeFirst().end();
        }
    }

    private void onReady(byte newStatus) {
        Owed head = owed.peekFirst();
        if (head == null || !head.endsWithReady()) {
            desynchronized("ReadyForQuery where none was owed");
            return;
        }
        removeFirst();
        status = newStatus;
        head.end();
    }

    private void onError(ErrorResponse error) {
        Owed head = owed.peekFirst();
        if (head == null || head.kind == Kind.SYNC) {
            return;
        }
        head.fail(error);
        if (head.kind == Kind.QUERY) {
            return;
        }
        deliver(head);
        List<Owed> skipped = new ArrayList<>();
        while (!owed.isEmpty() && owed.getFirst().kind != Kind.SYNC) {
            skipped.add(removeFirst());
        }
        // Each puts back what was there before it, so the latest comes first.
        for (Owed one : skipped.reversed()) {
            if (one.equals(head)) {
                one.end();
            } else {
                one.skip();
            }
        }
        if (owed.isEmpty()) {
            skipping = true;
            openPipeline = true;
        }
    }

    @Override
    public boolean cutsHere() {
        Owed head = owed.peekFirst();
        return head != null && head.kind == Kind.LOCAL;
    }

    @Override
    public void onCut() {
        while (cutsHere()) {
            Owed local = removeFirst();
            deliver(local);
            local.outcome.succeeded(local);
        }
    }

    /** What is made here of an answer goes to the session. */
    private void deliver(Owed due) {
        if (due.answer != null) {
            ByteBuf answer = due.answer.get();
            try {
                sink.onAnswer(answer);
            } finally {
                answer.release();
            }
        }
    }

    /** Nothing owed will come any more. */
    void abandon() {
        dead = true;
        owedReady = 0;
        for (Owed one; (one = owed.pollLast()) != null; ) {
            one.skip();
        }
    }

    private void desynchronized(String reason) {
        dead = true;
        sink.onDesynchronized(reason);
    }
}
