package dev.postern.policy;

import dev.postern.protocol.SqlState;
import dev.postern.sql.RelationUse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * System relations that hold secrets, whole or in some columns: {@code sensitive-relations.tsv}.
 */
final class SensitiveRelations {

    /** The one list there is. */
    static final SensitiveRelations INSTANCE = new SensitiveRelations();

    /** What shows values of tables: closed where a policy keeps some of these from being read. */
    private static final Set<String> STATISTICS =
            Set.of("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs");

    private static final Set<String> STATISTICS_COLUMNS =
            Set.of(
                    "most_common_vals",
                    "histogram_bounds",
                    "most_common_elems",
                    "range_bounds_histogram",
                    "most_common_val_nulls");

    private final Map<String, Entry> entries = new HashMap<>();

    private SensitiveRelations() {
        for (String[] row : ReviewedTable.rows("sensitive-relations.tsv", 3)) {
            Set<String> columns = row[1].equals("*") ? Set.of() : Set.of(row[1].split(" ", -1));
            entries.put(row[0], new Entry(columns, row[2]));
        }
    }

    /**
     * What the list says of a relation.
     *
     * @param columns the columns that are refused, empty for all of it
     */
    private record Entry(Set<String> columns, String reason) {}

    /** Returns why a relation must not be read at all, {@code null} if it may in part. */
    @Nullable Denial judge(RelationUse use, Policy policy) {
        Entry entry = entry(use);
        if (entry == null || !entry.columns().isEmpty() || isNamed(use, policy)) {
            return null;
        }
        return new Denial(
                Rule.RELATION,
                SqlState.INSUFFICIENT_PRIVILEGE,
                use.qualifiedName() + " is not for agents: " + entry.reason(),
                use.position(),
                use.qualifiedName(),
                "Leave " + use.name() + " out.");
    }

    /** An operator may open one by its name, as {@code pg_catalog.pg_subscription}. */
    private static boolean isNamed(RelationUse use, Policy policy) {
        List<RelationPattern> allowed = policy.relations();
        String schema = use.schema() == null ? "pg_catalog" : use.schema();
        return allowed != null
                && allowed.stream()
                        .anyMatch(pattern ->
                                pattern.isExplicit() && pattern.matches(schema, use.name()));
    }

    /** Returns the columns that must not be read. */
    ClosedColumns columns(RelationUse use, Policy policy) {
        Entry entry = entry(use);
        if (entry != null) {
            return new ClosedColumns(entry.columns(), Rule.RELATION, entry.reason());
        }
        if (policy.restrictsReads() && STATISTICS.contains(use.name()) && use.mayBeSystem()) {
            return new ClosedColumns(
                    STATISTICS_COLUMNS,
                    Rule.RELATION_DENIED,
                    "it shows values of tables that the policy may keep closed");
        }
        return ClosedColumns.NONE;
    }

    /** Tells whether a relation is on the list, whole or in part. */
    boolean lists(String name) {
        return entries.containsKey(name);
    }

    private @Nullable Entry entry(RelationUse use) {
        return use.mayBeSystem() || use.name().startsWith("pg_") ? entries.get(use.name()) : null;
    }
}
