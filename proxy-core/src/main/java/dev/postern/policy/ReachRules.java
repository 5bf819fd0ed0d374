package dev.postern.policy;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.Column;
import dev.postern.catalog.Routine;
import dev.postern.catalog.SearchPath;
import dev.postern.catalog.Type;
import dev.postern.sql.RelationUse;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Asks of every relation what a statement that reads it would be told. */
final class ReachRules {

    private final RelationRules rules;

    ReachRules(RelationRules rules) {
        this.rules = rules;
    }

    Reach of(Context context) {
        List<OpenRelation> open = new ArrayList<>();
        NavigableSet<String> schemas = new TreeSet<>();
        context.catalog().relations().stream()
                .filter(relation -> !relation.isBuiltIn())
                .forEach(relation -> {
                    RelationUse use =
                            new RelationUse(
                                    relation.schema(),
                                    relation.name(),
                                    0,
                                    false,
                                    new RelationUse.Meaning.Resolved(relation),
                                    List.of());
                    if (rules.relation(
                                    use, SearchPath.SYSTEM, context, RelationRules.Standing.STRICT)
                            != null) {
                        return;
                    }
                    OpenRelation found =
                            new OpenRelation(relation, rules.closedColumns(use, context).names());
                    if (!found.openColumns().isEmpty() || relation.columns().isEmpty()) {
                        open.add(found);
                        addSchemas(found, context.catalog(), schemas);
                    }
                });
        for (Routine routine : context.catalog().routines()) {
            if (!routine.isBuiltIn() && RoutineRules.isAllowed(routine, context.policy(), false)) {
                schemas.add(routine.schema());
            }
        }
        open.sort(OpenRelation.BY_NAME);
        return new Reach(open, schemas);
    }

    private static void addSchemas(
            OpenRelation open, Catalog catalog, NavigableSet<String> schemas) {
        schemas.add(open.relation().schema());
        for (Column column : open.relation().columns()) {
            Type type = catalog.type(column.type());
            if (type != null
                    && !type.isBuiltIn()
                    && !open.closedColumns().contains(column.name())) {
                schemas.add(type.schema());
            }
        }
    }
}
