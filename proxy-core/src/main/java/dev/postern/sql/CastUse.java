package dev.postern.sql;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversion to a type the text names.
 *
 * @param schema as written, {@code null} if it is left to the search path
 * @param type the type's name without array bounds and modifiers
 * @param source what is converted
 * @param position character counted from 1, 0 if unknown
 * @param meaning what it may call
 */
public record CastUse(
        @Nullable String schema, String type, Source source, int position, Meaning meaning) {

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

    /** What a conversion may call. */
    public sealed interface Meaning {

        /** No catalog was asked. */
        record Unresolved() implements Meaning {}

        /** The catalog has no such type. */
        record NoType() implements Meaning {}

        /**
         * What the catalog says.
         *
         * @param target the type
         * @param casts the conversions to it that may be applied, without PostgreSQL's own
         */
        record Resolved(Type target, List<Cast> casts) implements Meaning {

            public Resolved {
                casts = List.copyOf(casts);
            }
        }
    }

    /** Returns the type's name, with its schema if the text gives one. */
    public String qualifiedName() {
        return schema == null ? type : schema + "." + type;
    }
}
