package dev.postern.sql;

import dev.postern.catalog.Operator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator as the text uses it.
 *
 * @param schema as written in {@code OPERATOR(schema.symbol)}, {@code null} if it is left to the
 *     search path
 * @param position character counted from 1, 0 if unknown
 * @param meaning what it may call
 */
public record OperatorUse(@Nullable String schema, String symbol, int position, Meaning meaning) {

    /** What an operator may be. */
    public sealed interface Meaning {

        /** No catalog was asked. */
        record Unresolved() implements Meaning {}

        /**
         * What the catalog says.
         *
         * @param builtIn whether it may be one of PostgreSQL's own
         * @param operators others that it may be
         */
        record Resolved(boolean builtIn, List<Operator> operators) implements Meaning {

            public Resolved {
                operators = List.copyOf(operators);
            }
        }
    }

    /** Returns the symbol, with its schema if the text gives one. */
    public String qualifiedName() {
        return schema == null ? symbol : schema + "." + symbol;
    }
}
