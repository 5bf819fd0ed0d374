package dev.postern.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A backend's message of which Postern reads the content; all others pass opaque. */
public sealed interface BackendMessage {

    /**
     * A statement has ended well.
     *
     * @param tag its command tag, such as {@code SELECT 3}
     */
    record CommandComplete(String tag) implements BackendMessage {}

    /**
     * A row.
     *
     * @param values in the order of its columns, {@code null} for NULL
     */
    record DataRow(List<@Nullable String> values) implements BackendMessage {

        public DataRow {
            values = Collections.unmodifiableList(new ArrayList<>(values));
        }
    }

    /** An error, as far as it was captured. */
    record Failure(ErrorResponse error) implements BackendMessage {}

    /** A setting that is reported has a new value. */
    record ParameterStatus(String name, String value) implements BackendMessage {}

    /**
     * The backend waits for the next query.
     *
     * @param status {@code I} idle, {@code T} in a transaction block, {@code E} in a failed one
     */
    record ReadyForQuery(byte status) implements BackendMessage {
        static final ReadyForQuery IDLE = new ReadyForQuery((byte) 'I');

        static ReadyForQuery of(byte status) {
            return status == 'I' ? IDLE : new ReadyForQuery(status);
        }
    }
}
