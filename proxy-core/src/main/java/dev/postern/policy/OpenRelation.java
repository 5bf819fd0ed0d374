package dev.postern.policy;

import dev.postern.catalog.Column;
import dev.postern.catalog.Relation;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A relation that agents of a policy may read.
 *
 * @param closedColumns its columns that they may not
 */
public record OpenRelation(Relation relation, Set<String> closedColumns) {

    static final Comparator<OpenRelation> BY_NAME =
            Comparator.comparing((OpenRelation open) -> open.relation().schema())
                    .thenComparing(open -> open.relation().name());

    public OpenRelation {
        closedColumns = Set.copyOf(closedColumns);
    }

    /** Returns the columns that may be read, in the relation's order. */
    public List<String> openColumns() {
        return relation.columns().stream()
                .map(Column::name)
                .filter(name -> !closedColumns.contains(name))
                .toList();
    }
}
