package dev.postern.catalog;

import org.jspecify.annotations.Nullable;

/**
 * A conversion between two types.
 *
 * @param function the object id of the function it calls, 0 if it calls none
 * @param context where PostgreSQL applies it
 * @param extension the extension it belongs to, {@code null} if none
 */
public record Cast(
        int oid,
        int source,
        int target,
        int function,
        Context context,
        Method method,
        @Nullable String extension) {

    /** Where a conversion is applied without being asked for. */
    public enum Context {
        /** In any expression. */
        IMPLICIT,
        /** In assignments only. */
        ASSIGNMENT,
        /** Nowhere. */
        EXPLICIT
    }

    /** How a conversion is made. */
    public enum Method {
        /** By a function. */
        FUNCTION,
        /** By printing and reading the value. */
        INOUT,
        /** Not at all: the bytes are the same. */
        BINARY
    }

    /** Tells whether PostgreSQL itself brings it. */
    public boolean isBuiltIn() {
        return Catalog.isBuiltIn(oid);
    }
}
