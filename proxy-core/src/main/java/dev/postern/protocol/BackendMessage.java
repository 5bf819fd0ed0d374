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
     * What the rows of a statement will be.
     *
     * @param columns in their order
     */
    record RowDescription(List<Column> columns) implements BackendMessage {

        public RowDescription {
            columns = List.copyOf(columns);
        }
    }

    /**
     * A column of a result.
     *
     * @param name as it stands in the message, each byte a character
     * @param typeModifier as in {@code pg_attribute.atttypmod}
     */
    record Column(String name, int typeOid, int typeModifier) {}

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
