package dev.postern.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A relation that a query can name.
 *
 * @param kind what it is
 * @param columns its columns, in order
 * @param rowType the type of its rows, 0 if it has none
 * @param definition what a view stands for, as PostgreSQL prints it, with every name outside of
 *     {@code pg_catalog} qualified; {@code null} for all others, and for views of PostgreSQL's own
 * @param parents what it is a partition or inheritance child of
 * @param children its partitions or inheritance children
 * @param policies the expressions of its row security policies for reads, as PostgreSQL prints
 *     them, and of its virtual generated columns
 * @param extension the extension it belongs to, {@code null} if none
 */
public record Relation(
        int oid,
        String schema,
        String name,
        Kind kind,
        List<Column> columns,
        int rowType,
        @Nullable String definition,
        Oids parents,
        Oids children,
        List<String> policies,
        @Nullable String extension) {

    public Relation {
        columns = List.copyOf(columns);
        policies = List.copyOf(policies);
    }

    /** What a relation is. */
    public enum Kind {
        TABLE,
        PARTITIONED_TABLE,
        VIEW,
        MATERIALIZED_VIEW,
        FOREIGN_TABLE,
        SEQUENCE,
        TOAST_TABLE
    }

    /** Tells whether PostgreSQL itself brings it. */
    public boolean isBuiltIn() {
        return Catalog.isBuiltIn(oid);
    }

    /** Returns {@code schema.name}. */
    public String qualifiedName() {
        return schema + "." + name;
    }

    /** Returns a column, {@code null} if there is none of this name. */
    public @Nullable Column column(String column) {
        for (Column candidate : columns) {
            if (candidate.name().equals(column)) {
                return candidate;
            }
        }
        return null;
    }
}
