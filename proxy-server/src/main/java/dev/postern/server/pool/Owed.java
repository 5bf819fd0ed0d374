package dev.postern.server.pool;

import dev.postern.protocol.BackendMessage.Column;
import dev.postern.protocol.BackendType;
import dev.postern.protocol.ErrorResponse;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One answer that a connection owes. */
final class Owed {

    /** What was asked. */
    enum Kind {
        QUERY,
        PARSE,
        BIND,
        DESCRIBE_STATEMENT,
        DESCRIBE_PORTAL,
        EXECUTE,
        CLOSE,
        SYNC,
        /** Nothing: the answer is made here, and has its place behind what was asked before. */
        LOCAL
    }

    /** Hears how it went. */
    interface Outcome {

        /** It went well. */
        default void succeeded(Owed owed) {}

        /**
         * It failed, or was skipped after a failure before it.
         *
         * @param error its own error; {@code null} if it was skipped
         */
        default void failed(@Nullable ErrorResponse error) {}
    }

    static final Outcome NOBODY = new Outcome() {};

    final Kind kind;
    final boolean own;
    final Outcome outcome;
    final @Nullable Supplier<ByteBuf> answer;
    private final boolean continued;
    private final List<List<@Nullable String>> rows;
    private @Nullable List<Column> columns;
    private @Nullable ErrorResponse error;
    private boolean incomplete;

    /**
     * Makes one.
     *
     * @param own whether Postern itself asked, so that the session must not see the answer; only an
     *     error of an own Parse or Describe is the session's
     * @param answer asked once, when it is due: for {@link Kind#LOCAL} the answer, for a Parse that
     *     cannot succeed what takes the place of the server's error
     */
    Owed(Kind kind, boolean own, Outcome outcome, @Nullable Supplier<ByteBuf> answer) {
        this(kind, own, false, outcome, answer);
    }

    private Owed(
            Kind kind,
            boolean own,
            boolean continued,
            Outcome outcome,
            @Nullable Supplier<ByteBuf> answer) {
        this.kind = kind;
        this.own = own;
        this.continued = continued;
        this.outcome = outcome;
        this.answer = answer;
        this.rows = own ? new ArrayList<>() : List.of();
    }

    /**
     * Makes one for a Query of the session's that ends with what is owed behind it: which settings
     * the server reports and that it is ready, the session hears only then.
     */
    static Owed continued(Outcome outcome) {
        return new Owed(Kind.QUERY, false, true, outcome, null);
    }

    /** Tells whether the last message of the answer is ReadyForQuery. */
    boolean endsWithReady() {
        return kind == Kind.QUERY || kind == Kind.SYNC;
    }

    /** Tells whether the session gets to see a message of the answer. */
    boolean shows(byte type) {
        if (own) {
            return (kind == Kind.PARSE || kind == Kind.DESCRIBE_STATEMENT)
                    && type == BackendType.ERROR_RESPONSE;
        }
        if (answer != null && type == BackendType.ERROR_RESPONSE) {
            return false;
        }
        return !continued
                || (type != BackendType.PARAMETER_STATUS && type != BackendType.READY_FOR_QUERY);
    }

    void fail(ErrorResponse cause) {
        if (error == null) {
            error = cause;
        }
    }

    @Nullable ErrorResponse error() {
        return error;
    }

    void row(@Nullable List<@Nullable String> values) {
        if (values == null) {
            incomplete = true;
        } else {
            rows.add(values);
        }
    }

    /** Returns the rows of an own query; {@code null} if not all of them could be read. */
    @Nullable List<List<@Nullable String>> rows() {
        return incomplete ? null : rows;
    }

    void columns(@Nullable List<Column> described) {
        columns = described;
    }

    /** Returns what an own Describe has told; {@code null} if it could not be read. */
    @Nullable List<Column> columns() {
        return columns;
    }

    void end() {
        ErrorResponse cause = error;
        if (cause == null) {
            outcome.succeeded(this);
        } else {
            outcome.failed(cause);
        }
    }

    void skip() {
        outcome.failed(null);
    }
}
