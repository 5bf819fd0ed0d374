package dev.postern.server.pool;

import dev.postern.protocol.BackendMessage.Column;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement as it stands on one connection. As what uses it goes out, it is told what
 * came of that: PostgreSQL refuses a statement whose columns are others than when it was prepared.
 */
final class ServerStatement implements Owed.Outcome {

    private static final long LATELY = TimeUnit.SECONDS.toNanos(1);

    private final byte[] rest;
    private final Object visit;
    private final LongSupplier nanoTime;
    private long takenAt;
    private @Nullable List<Column> columns;
    private boolean described;
    private boolean outdated;

    /**
     * Makes one that is about to be prepared.
     *
     * @param statement what is prepared; not kept, since sessions come and go
     * @param visit the stay of a session on the connection in which that is
     */
    ServerStatement(Prepared statement, Object visit, LongSupplier nanoTime) {
        this.rest = statement.rest();
        this.visit = visit;
        this.nanoTime = nanoTime;
        this.takenAt = nanoTime.getAsLong();
    }

    boolean isOf(Prepared other) {
        return Arrays.equals(rest, other.rest());
    }

    /** Tells whether it was prepared in this stay of a session. */
    boolean isMadeIn(Object thisVisit) {
        return visit.equals(thisVisit);
    }

    /** Tells whether the server has been asked for its columns and has answered. */
    boolean isDescribed() {
        return described;
    }

    /** Returns its columns, none for what returns no rows; {@code null} if they are not known. */
    @Nullable List<Column> columns() {
        return columns;
    }

    /** Hears what Describe has told. */
    Owed.Outcome description() {
        return new Owed.Outcome() {
            @Override
            public void succeeded(Owed owed) {
                described = true;
                columns = owed.columns();
            }

            @Override
            public void failed(@Nullable ErrorResponse error) {
                described = true;
            }
        };
    }

    /** Tells whether its columns are others than these; false if they are not known. */
    boolean differsFrom(List<Column> others) {
        boolean same = columns == null || columns.equals(others);
        if (same && columns != null) {
            // Comparing them again costs nothing.
            columns = others;
        }
        return !same;
    }

    /** Tells whether the server has refused it, so that it has to be prepared anew. */
    boolean isOutdated() {
        return outdated;
    }

    /**
     * Tells whether the server has taken it within the last second, so that it may be taken for
     * what a Parse would make now.
     */
    boolean isTakenLately() {
        return !outdated && nanoTime.getAsLong() - takenAt < LATELY;
    }

    @Override
    public void succeeded(Owed owed) {
        takenAt = nanoTime.getAsLong();
    }

    @Override
    public void failed(@Nullable ErrorResponse error) {
        outdated |= error != null && error.sqlState().equals(SqlState.FEATURE_NOT_SUPPORTED.code());
    }
}
