package dev.postern.server.pool;

import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import dev.postern.server.upstream.UpstreamException;

/** A session gets no connection; what it is told is {@link #error}. */
public final class PoolException extends Exception {

    private static final long serialVersionUID = 1;

    private final transient ErrorResponse error;

    PoolException(ErrorResponse error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    /** Returns what a session is told that gets no connection, whatever the cause. */
    public static ErrorResponse told(Throwable cause) {
        return switch (cause) {
            case PoolException pool -> pool.error();
            case UpstreamException upstream -> upstream.failure().toErrorResponse();
            default ->
                    ErrorResponse.fatal(SqlState.INTERNAL_ERROR, "internal error while connecting");
        };
    }

    /** Returns what the session is told. */
    public ErrorResponse error() {
        return error;
    }
}
