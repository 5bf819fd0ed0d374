package dev.postern.sql;

import dev.postern.catalog.Names;
import dev.postern.catalog.Routine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function as the text calls it.
 *
 * @param schema as written, {@code null} if it is left to the search path
 * @param arguments how many arguments the call gives; {@link #ANY_ARGUMENTS} if the syntax does not
 *     tell
 * @param syntax how it is called
 * @param position character counted from 1, 0 if unknown
 * @param meaning what it may call
 */
public record FunctionUse(
        @Nullable String schema,
        String name,
        int arguments,
        Syntax syntax,
        int position,
        Meaning meaning) {

    /** The number of arguments cannot be told, as for {@code f(VARIADIC a)}. */
    public static final int ANY_ARGUMENTS = Names.ANY_NUMBER;

    /** The syntax of a call. */
    public enum Syntax {
        /** {@code f(…)}. */
        CALL,
        /**
         * Syntax of its own that the grammar turns into a node of its own: {@code CURRENT_DATE},
         * {@code JSON_VALUE(…)}.
         */
        SPECIAL,
        /** A sampling method. */
        TABLESAMPLE,
        /** {@code t.f} or {@code (expression).f}, which may as well be a column. */
        ATTRIBUTE
    }

    /** What a call may call. */
    public sealed interface Meaning {

        /** No catalog was asked. */
        record Unresolved() implements Meaning {}

        /**
         * What the catalog says.
         *
         * @param builtIn whether it may be one of PostgreSQL's own
         * @param routines others that it may be
         */
        record Resolved(boolean builtIn, List<Routine> routines) implements Meaning {

            public Resolved {
                routines = List.copyOf(routines);
            }
        }
    }

    /** Returns the name as the audit trail shows it, with its schema if the text gives one. */
    public String qualifiedName() {
        return schema == null ? name : schema + "." + name;
    }
}
