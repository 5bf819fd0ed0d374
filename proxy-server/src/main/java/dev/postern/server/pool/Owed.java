package dev.postern.server.pool;

import dev.postern.protocol.ErrorResponse;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
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
    final @Nullable ByteBuf answer;
    private final List<List<@Nullable String>> rows = new ArrayList<>();
    private @Nullable ErrorResponse error;
    private boolean incomplete;

    /**
     * Makes one.
     *
     * @param own whether Postern itself asked, so that the session must not see the answer; only an
     *     error of an own Parse is the session's
     * @param answer for {@link Kind#LOCAL} alone; owned by this
     */
    Owed(Kind kind, boolean own, Outcome outcome, @Nullable ByteBuf answer) {
        this.kind = kind;
        this.own = own;
        this.outcome = outcome;
        this.answer = answer;
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

    void end() {
        ErrorResponse cause = error;
        if (cause == null) {
            outcome.succeeded(this);
        } else {
            outcome.failed(cause);
        }
    }

    void skip() {
        if (answer != null) {
            answer.release();
        }
        outcome.failed(null);
    }
}
