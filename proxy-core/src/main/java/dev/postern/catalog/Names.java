package dev.postern.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What names mean under one search path. A name may mean several routines or operators, which
 * differ in their argument types.
 *
 * @see <a href="https://www.postgresql.org/docs/current/typeconv-func.html">Function Type
 *     Resolution</a>
 */
public final class Names {

    /** A number of arguments that cannot be told. */
    public static final int ANY_NUMBER = -1;

    private static final int HIDDEN = Integer.MAX_VALUE;

    private final Catalog catalog;
    private final SearchPath path;
    private final Map<String, List<Operator>> operators = new ConcurrentHashMap<>();

    Names(Catalog catalog, SearchPath path) {
        this.catalog = catalog;
        this.path = path;
    }

    /** Returns where the names are looked up. */
    public Catalog catalog() {
        return catalog;
    }

    /** Returns the schemas that are searched. */
    public SearchPath path() {
        return path;
    }

    /** Returns the relation that a name means, {@code null} if there is none. */
    public @Nullable Relation relation(@Nullable String schema, String name) {
        Relation found = null;
        int best = HIDDEN;
        for (Relation relation : catalog.relations(name)) {
            int rank = rank(schema, relation.schema());
            if (rank < best) {
                best = rank;
                found = relation;
            }
        }
        return found;
    }

    /** Returns the type that a name means, {@code null} if there is none. */
    public @Nullable Type type(@Nullable String schema, String name) {
        Type found = null;
        int best = HIDDEN;
        for (Type type : catalog.types(name)) {
            int rank = rank(schema, type.schema());
            if (rank < best) {
                best = rank;
                found = type;
            }
        }
        return found;
    }

    /**
     * Returns the routines that a call may mean. One that is hidden by another with the same
     * argument types is none of them.
     *
     * @param arguments how many the call gives, {@link #ANY_NUMBER} if that cannot be told
     */
    public List<Routine> routines(@Nullable String schema, String name, int arguments) {
        List<Routine> found = new ArrayList<>();
        for (Routine routine : catalog.routines(name)) {
            if (routine.kind() != Routine.Kind.PROCEDURE
                    && rank(schema, routine.schema()) != HIDDEN
                    && (arguments == ANY_NUMBER || routine.takes(arguments))) {
                found.add(routine);
            }
        }
        if (found.size() > 1 && schema == null) {
            List<Routine> all = List.copyOf(found);
            found.removeIf(routine -> isHidden(routine, all));
        }
        return found;
    }

    private boolean isHidden(Routine routine, List<Routine> all) {
        int rank = rank(null, routine.schema());
        for (Routine other : rank == 0 ? List.<Routine>of() : all) {
            if (other.arguments().equals(routine.arguments())
                    && other.variadic() == routine.variadic()
                    && rank(null, other.schema()) < rank) {
                return true;
            }
        }
        return false;
    }

    /** Returns the operators that a use may mean, without those that others hide. */
    public List<Operator> operators(@Nullable String schema, String symbol) {
        return schema == null
                ? operators.computeIfAbsent(symbol, this::visible)
                : catalog.operators(symbol).stream()
                        .filter(operator -> operator.schema().equals(schema))
                        .toList();
    }

    private List<Operator> visible(String symbol) {
        List<Operator> all =
                catalog.operators(symbol).stream()
                        .filter(operator -> rank(null, operator.schema()) != HIDDEN)
                        .toList();
        return all.stream().filter(operator -> !isHidden(operator, all)).toList();
    }

    private boolean isHidden(Operator operator, List<Operator> all) {
        int rank = rank(null, operator.schema());
        for (Operator other : rank == 0 ? List.<Operator>of() : all) {
            if (other.left() == operator.left()
                    && other.right() == operator.right()
                    && rank(null, other.schema()) < rank) {
                return true;
            }
        }
        return false;
    }

    /** Returns the place of a schema among those that a name may mean; less comes first. */
    private int rank(@Nullable String written, String schema) {
        if (written != null) {
            return written.equals(schema) ? 0 : HIDDEN;
        }
        int index = path.schemas().indexOf(schema);
        return index < 0 ? HIDDEN : index;
    }
}
