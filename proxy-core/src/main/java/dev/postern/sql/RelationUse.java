package dev.postern.sql;

import org.jspecify.annotations.Nullable;

/**
 * A relation as the text names it.
 *
 * @param schema as written, {@code null} if it is left to the search path
 * @param position character counted from 1, 0 if unknown
 */
public record RelationUse(@Nullable String schema, String name, int position) {

    /**
     * Tells whether the name may mean a relation of {@code pg_catalog} or {@code
     * information_schema}.
     */
    public boolean mayBeSystem() {
        return schema == null || schema.equals("pg_catalog") || schema.equals("information_schema");
    }

    /** Returns the name as the audit trail shows it, with its schema if the text gives one. */
    public String qualifiedName() {
        return schema == null ? name : schema + "." + name;
    }
}
