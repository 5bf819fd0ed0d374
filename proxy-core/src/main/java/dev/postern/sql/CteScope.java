package dev.postern.sql;

import org.jspecify.annotations.Nullable;

/**
 * The names that WITH gives at one place of a statement, innermost first, and what else a query
 * binds for what is inside it.
 *
 * @param name a CTE's name; {@code null} for a level that adds none
 * @param listedSetting what {@code pg_settings.name} is bound to in the innermost query, {@code
 *     null} if to nothing
 */
record CteScope(@Nullable CteScope outer, @Nullable String name, @Nullable String listedSetting) {

    /** Where nothing is bound. */
    static final CteScope NONE = new CteScope(null, null, null);

    CteScope with(String cte) {
        return new CteScope(this, cte, listedSetting);
    }

    CteScope withListedSetting(@Nullable String setting) {
        return setting == null && listedSetting == null ? this : new CteScope(this, null, setting);
    }

    boolean holds(String cte) {
        for (CteScope scope = this; scope != null; scope = scope.outer) {
            if (cte.equals(scope.name)) {
                return true;
            }
        }
        return false;
    }
}
