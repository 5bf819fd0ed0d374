package dev.postern.catalog;

import org.jspecify.annotations.Nullable;

/**
 * An operator.
 *
 * @param left the type on its left, 0 if it is a prefix operator
 * @param right the type on its right
 * @param result the type of its result
 * @param function the object id of the function it calls
 * @param extension the extension it belongs to, {@code null} if none
 */
public record Operator(
        int oid,
        String schema,
        String symbol,
        int left,
        int right,
        int result,
        int function,
        @Nullable String extension) {

    /** Tells whether PostgreSQL itself brings it. */
    public boolean isBuiltIn() {
        return Catalog.isBuiltIn(oid);
    }
}
