package dev.postern.policy;

import dev.postern.sql.FunctionUse;
import dev.postern.sql.OperatorUse;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Built-in functions that reach functions of a user's own through the types of their arguments:
 * {@code type-driven-functions.tsv}.
 */
final class TypeDrivenFunctions {

    /** The one list there is. */
    static final TypeDrivenFunctions INSTANCE = new TypeDrivenFunctions();

    private final Map<String, Reach> reaches = new HashMap<>();

    private TypeDrivenFunctions() {
        for (String[] row : ReviewedTable.rows("type-driven-functions.tsv", 3)) {
            reaches.put(row[0], Reach.valueOf(row[1].toUpperCase(Locale.ROOT).replace('-', '_')));
        }
    }

    /** What such a function reaches. */
    enum Reach {
        /** What reads text as a type that a value names by its object id. */
        TYPE_BY_OID,
        /** What reads text as a type that a value names. */
        TYPE_BY_NAME,
        /** What reads text as the types of a row's columns. */
        COLUMNS,
        /** A conversion to json. */
        CAST_TO_JSON,
        /** A conversion to text. */
        CAST_TO_TEXT
    }

    /** Returns what a call reaches, {@code null} if nothing beyond itself. */
    @Nullable Reach reach(FunctionUse use) {
        return reaches.get(use.name());
    }

    /** Tells whether an operator is one of those that call such a function. */
    static boolean isCalledBy(OperatorUse use) {
        return use.symbol().equals("||");
    }
}
