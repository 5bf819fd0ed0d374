package dev.postern.sql;

import org.jspecify.annotations.Nullable;

/**
 * A conversion to a type the text names.
 *
 * @param schema as written, {@code null} if it is left to the search path
 * @param type the type's name without array bounds and modifiers
 * @param source what is converted
 * @param position character counted from 1, 0 if unknown
 */
public record CastUse(@Nullable String schema, String type, Source source, int position) {

    /** What is converted. */
    public enum Source {
        /**
         * A literal, parameter or row of such: the type's input function reads it, no cast function
         * is called.
         */
        LITERAL,
        /** Any other expression: a cast function may be called. */
        EXPRESSION
    }

    /** Returns the type's name, with its schema if the text gives one. */
    public String qualifiedName() {
        return schema == null ? type : schema + "." + type;
    }
}
