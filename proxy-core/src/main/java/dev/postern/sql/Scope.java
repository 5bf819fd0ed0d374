package dev.postern.sql;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is bound at one place of a statement, innermost first.
 *
 * @param cte the name of a CTE; {@code null} for a level that adds none
 * @param query the relations that a query around this place names in its FROM; {@code null} for a
 *     level that is no query
 */
record Scope(@Nullable Scope outer, @Nullable String cte, @Nullable Query query) {

    /** Where nothing is bound. */
    static final Scope NONE = new Scope(null, null, null);

    /**
     * What a query binds for what is in it.
     *
     * @param relations names of the relations in its FROM, without those inside subqueries
     * @param listedSetting what {@code pg_settings.name} is bound to by its WHERE, {@code null} if
     *     to nothing
     */
    record Query(Set<String> relations, @Nullable String listedSetting) {

        Query {
            relations = Set.copyOf(relations);
        }
    }

    Scope withCte(String name) {
        return new Scope(this, name, null);
    }

    Scope withQuery(Query inner) {
        return new Scope(this, null, inner);
    }

    boolean holdsCte(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (name.equals(scope.cte)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the setting that the innermost query is about, {@code null} if it is about none. */
    @Nullable String listedSetting() {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.query != null) {
                return scope.query.listedSetting();
            }
        }
        return null;
    }

    /** Returns the relations whose columns may be meant here, of this query and those around it. */
    Set<String> relations() {
        Set<String> relations = new HashSet<>();
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.query != null) {
                relations.addAll(scope.query.relations());
            }
        }
        return relations;
    }
}
