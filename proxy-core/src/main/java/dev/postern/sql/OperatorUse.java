package dev.postern.sql;

import org.jspecify.annotations.Nullable;

/**
 * An operator as the text uses it.
 *
 * @param schema as written in {@code OPERATOR(schema.symbol)}, {@code null} if it is left to the
 *     search path
 * @param position character counted from 1, 0 if unknown
 */
public record OperatorUse(@Nullable String schema, String symbol, int position) {

    /** Returns the symbol, with its schema if the text gives one. */
    public String qualifiedName() {
        return schema == null ? symbol : schema + "." + symbol;
    }
}
