package dev.postern.sql;

import dev.postern.catalog.Relation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A relation as the text names it.
 *
 * @param schema as written, {@code null} if it is left to the search path
 * @param position character counted from 1, 0 if unknown
 * @param only whether {@code ONLY} leaves its children out
 * @param meaning which relation it is
 * @param reads what of it may be read; nothing of it counts its rows only
 */
public record RelationUse(
        @Nullable String schema,
        String name,
        int position,
        boolean only,
        Meaning meaning,
        List<ColumnRead> reads) {

    public RelationUse {
        reads = List.copyOf(reads);
    }

    /** Which relation a name is. */
    public sealed interface Meaning {

        /** No catalog was asked. */
        record Unresolved() implements Meaning {}

        /** The catalog has no such relation. */
        record None() implements Meaning {}

        /** The catalog has it. */
        record Resolved(Relation relation) implements Meaning {}
    }

    /**
     * That a column of it may be read.
     *
     * @param column its own name of it, {@link #ALL} for every column
     * @param position character counted from 1, 0 if unknown
     * @param output the column of the whole query that alone shows it, counted from 0; {@link
     *     #ANYWHERE} if it is read elsewhere
     */
    public record ColumnRead(String column, int position, int output) {

        /** Every column. */
        public static final String ALL = "*";

        /** Not in one column of the result. */
        public static final int ANYWHERE = -1;
    }

    /** Returns the relation, {@code null} if it is not known. */
    public @Nullable Relation relation() {
        return meaning instanceof Meaning.Resolved(Relation relation) ? relation : null;
    }

    /**
     * Tells whether the name means, or may mean, a relation of {@code pg_catalog} or {@code
     * information_schema}.
     */
    public boolean mayBeSystem() {
        return switch (meaning) {
            case Meaning.Resolved(Relation relation) -> relation.isBuiltIn();
            case Meaning.None none -> isSystemName();
            case Meaning.Unresolved unresolved -> isSystemName();
        };
    }

    private boolean isSystemName() {
        return schema == null || schema.equals("pg_catalog") || schema.equals("information_schema");
    }

    /** Returns the name as the audit trail shows it, with its schema if the text gives one. */
    public String qualifiedName() {
        return schema == null ? name : schema + "." + name;
    }
}
