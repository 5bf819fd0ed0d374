package dev.postern.sql;

/**
 * A part of a statement that makes it more than a read.
 *
 * @param object what it is, as {@code DELETE} or {@code FOR UPDATE}
 * @param position character counted from 1, 0 if unknown
 */
public record Hazard(Kind kind, String object, int position) {

    /** The kinds of such parts. */
    public enum Kind {
        /** {@code INTO}: creates a table. */
        INTO,
        /** Row locks. */
        ROW_LOCK,
        /** A writing statement within WITH. */
        DATA_MODIFYING_CTE,
        /** A statement where none may stand. */
        NESTED_STATEMENT
    }
}
