package dev.postern.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is bound at one place of a statement, innermost first.
 *
 * @param cte the CTE that this level binds; {@code null} for a level that binds none
 * @param query what the FROM of a query around this place binds; {@code null} for a level that is
 *     no query
 * @param certain whether PostgreSQL sees all of {@code query} from here: in places such as ON and
 *     LATERAL it sees a part, and a name that it does not find there it looks for further out
 */
record Scope(
        @Nullable Scope outer, @Nullable CteRange cte, @Nullable Ranges query, boolean certain) {

    /** Where nothing is bound. */
    static final Scope NONE = new Scope(null, null, null, true);

    Scope withCte(CteRange bound) {
        return new Scope(this, bound, null, true);
    }

    Scope withQuery(Ranges inner) {
        return new Scope(this, null, inner, true);
    }

    /** Returns this place seen from where not all of the innermost query can be named. */
    Scope uncertain() {
        return query != null && certain ? new Scope(outer, null, query, false) : this;
    }

    /** Returns the items of {@code query} that may be named from here; empty if it is no query. */
    List<Range> nameable() {
        if (query == null) {
            return List.of();
        }
        return certain ? query.visible() : query.all();
    }

    /** Returns the CTE of a name, {@code null} if none is bound here. */
    @Nullable CteRange cte(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.cte != null && name.equals(scope.cte.name())) {
                return scope.cte;
            }
        }
        return null;
    }

    /** Returns the ranges of the innermost query, {@code null} outside of queries. */
    @Nullable Ranges innermost() {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.query != null) {
                return scope.query;
            }
        }
        return null;
    }

    /** Returns the setting that the innermost query is about, {@code null} if it is about none. */
    @Nullable String listedSetting() {
        Ranges ranges = innermost();
        return ranges == null ? null : ranges.listedSetting();
    }
}
