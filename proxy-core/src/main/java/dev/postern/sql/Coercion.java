package dev.postern.sql;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.Type;
import org.jspecify.annotations.Nullable;

/**
 * Which values PostgreSQL takes for which argument types without being asked to convert them. In
 * doubt it does.
 *
 * @see <a href="https://www.postgresql.org/docs/current/typeconv-overview.html">Type Conversion</a>
 */
final class Coercion {

    private static final int MAX_DEPTH = 8;

    private Coercion() {}

    /** Tells whether a value of this type may be taken for an argument of that type. */
    static boolean may(Catalog catalog, int value, int argument) {
        return switch (value) {
            case ValueType.UNKNOWN, ValueType.LITERAL -> true;
            case ValueType.WHOLE_NUMBER ->
                    mayConvert(catalog, ValueType.INTEGER, argument, 0)
                            || mayConvert(catalog, ValueType.BIGINT, argument, 0)
                            || mayConvert(catalog, ValueType.NUMERIC, argument, 0);
            default -> mayConvert(catalog, value, argument, 0);
        };
    }

    private static boolean mayConvert(Catalog catalog, int value, int argument, int depth) {
        if (value == argument || depth > MAX_DEPTH) {
            return true;
        }
        Type from = catalog.type(value);
        Type to = catalog.type(argument);
        if (from == null || to == null || from.kind() == Type.Kind.PSEUDO) {
            return true;
        }
        if (to.kind() == Type.Kind.PSEUDO) {
            return true;
        }
        if (to.kind() == Type.Kind.COMPOSITE && from.kind() == Type.Kind.COMPOSITE) {
            return true;
        }
        Cast cast = catalog.cast(value, argument);
        if (cast != null && cast.context() == Cast.Context.IMPLICIT) {
            return true;
        }
        if (from.kind() == Type.Kind.DOMAIN
                && mayConvert(catalog, from.base(), argument, depth + 1)) {
            return true;
        }
        if (to.kind() == Type.Kind.DOMAIN && mayConvert(catalog, value, to.base(), depth + 1)) {
            return true;
        }
        return from.element() != 0
                && to.element() != 0
                && mayConvert(catalog, from.element(), to.element(), depth + 1);
    }

    /** Returns a type without array bounds, {@code null} if it is not known. */
    static @Nullable Type element(Catalog catalog, int oid) {
        Type type = catalog.type(oid);
        for (int depth = 0; depth < MAX_DEPTH && type != null && type.element() != 0; depth++) {
            type = catalog.type(type.element());
        }
        return type;
    }
}
