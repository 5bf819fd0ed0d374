package dev.postern.policy;

import dev.postern.protocol.SqlState;
import dev.postern.sql.ColumnUse;
import dev.postern.sql.RelationUse;
import dev.postern.sql.StatementFacts;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * System relations that hold secrets, whole or in some columns: {@code sensitive-relations.tsv}.
 */
final class SensitiveRelations {

    /** The one list there is. */
    static final SensitiveRelations INSTANCE = new SensitiveRelations();

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

    /**
     * Returns why a statement must not read one of its relations, {@code null} if it may read all.
     */
    @Nullable Denial judge(StatementFacts facts) {
        Set<String> judged = new HashSet<>();
        for (RelationUse relation : facts.relations()) {
            Entry entry =
                    relation.mayBeSystem() || relation.name().startsWith("pg_")
                            ? entries.get(relation.name())
                            : null;
            if (entry == null || !judged.add(relation.name())) {
                continue;
            }
            if (entry.columns().isEmpty()) {
                return denial(relation, relation.qualifiedName(), entry, relation.position());
            }
            String column = refusedColumn(relation.name(), entry.columns(), facts);
            if (column != null) {
                return denial(
                        relation,
                        relation.qualifiedName() + "." + column,
                        entry,
                        relation.position());
            }
        }
        return null;
    }

    private static @Nullable String refusedColumn(
            String relation, Set<String> refused, StatementFacts facts) {
        if (facts.wholeRelations().contains(relation)) {
            return "*";
        }
        for (ColumnUse column : facts.columns()) {
            if (refused.contains(column.name())) {
                return column.name();
            }
            if (facts.rangeNames().contains(column.name())) {
                return "*";
            }
        }
        return null;
    }

    private static Denial denial(RelationUse relation, String object, Entry entry, int position) {
        String hint =
                entry.columns().isEmpty()
                        ? "Leave " + relation.name() + " out."
                        : "Name the columns you need, without "
                                + String.join(", ", entry.columns().stream().sorted().toList())
                                + " and without *.";
        return new Denial(
                Rule.RELATION,
                SqlState.INSUFFICIENT_PRIVILEGE,
                object + " is not for agents: " + entry.reason(),
                position,
                object,
                hint);
    }
}
