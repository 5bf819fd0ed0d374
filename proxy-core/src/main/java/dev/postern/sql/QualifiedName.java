package dev.postern.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A name of one to three parts; a database name in front is left away, since it can only be the
 * current one.
 *
 * @param schema {@code null} if the name has one part
 */
record QualifiedName(@Nullable String schema, String name) {

    /** Reads a list of String nodes. */
    static QualifiedName of(List<@Nullable SyntaxNode> parts) {
        int n = parts.size();
        return new QualifiedName(
                n < 2 ? null : part(parts.get(n - 2)), n == 0 ? "" : part(parts.get(n - 1)));
    }

    private static String part(@Nullable SyntaxNode node) {
        String value = node != null && node.is("String") ? node.text("sval") : null;
        return value == null ? "" : value;
    }
}
