package dev.postern.policy;

import dev.postern.catalog.Column;
import dev.postern.catalog.Relation;
import dev.postern.catalog.SearchPath;
import dev.postern.sql.RelationUse;
import dev.postern.sql.RelationUse.ColumnRead;
import dev.postern.sql.StatementFacts;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges which relations and columns a statement reads. Partitions and inheritance children belong
 * to their parents' rules, views are judged by their definitions as well, foreign tables pass only
 * by name. A refusal says nothing of a relation that its name does not say: not even whether it is
 * there.
 */
final class RelationRules {

    private static final String TOAST_SCHEMA = "pg_toast";

    private final RoutineRules routines;
    private final ViewRules views;

    RelationRules(RoutineRules routines, FactsRules facts) {
        this.routines = routines;
        this.views = new ViewRules(facts, this);
    }

    /** How a relation comes to be read. */
    enum Standing {
        /** It has to be allowed. */
        STRICT,
        /** The policy names the view that reads it: it only must not be denied. */
        VOUCHED
    }

    /** Adds what stands against a statement's relations; tells whether it is refused. */
    boolean judge(
            StatementFacts facts,
            SearchPath path,
            Context context,
            Standing standing,
            Findings findings) {
        for (RelationUse use : facts.relations()) {
            if (findings.add(relation(use, path, context, standing))
                    || findings.add(columns(use, context))) {
                return true;
            }
        }
        return false;
    }

    /** Returns what stands against reading a relation, whichever columns of it. */
    @Nullable Denial relation(
            RelationUse use, SearchPath path, Context context, Standing standing) {
        Denial denial = SensitiveRelations.INSTANCE.judge(use, context.policy());
        if (denial != null) {
            return denial;
        }
        return switch (use.meaning()) {
            case RelationUse.Meaning.Unresolved unresolved -> byName(use, context.policy());
            case RelationUse.Meaning.None none -> missing(use, path, context);
            case RelationUse.Meaning.Resolved(Relation relation) ->
                    relation.isBuiltIn() ? null : relation(use, relation, context, standing);
        };
    }

    private @Nullable Denial relation(
            RelationUse use, Relation relation, Context context, Standing standing) {
        Policy policy = context.policy();
        Set<Relation> above = Lineage.above(relation, context.catalog());
        Set<Relation> below = use.only() ? Set.of() : Lineage.below(relation, context.catalog());
        boolean allowed = standing == Standing.VOUCHED || isAllowed(above, policy);
        if (!allowed || isDenied(above, policy) || isDenied(below, policy) || isToast(relation)) {
            return RelationDenials.closed(use, policy);
        }
        if (!isNamedIfForeign(above, relation, policy)) {
            return RelationDenials.foreign(use);
        }
        for (Relation part : below) {
            if (!isNamedIfForeign(above, part, policy)) {
                return RelationDenials.foreign(use);
            }
        }
        Objection objection = definition(relation, context);
        return objection == null
                ? null
                : objection.of(kind(relation), use.qualifiedName(), use.position());
    }

    private @Nullable Objection definition(Relation relation, Context context) {
        if (relation.definition() != null) {
            ViewRules.Outcome outcome =
                    views.judge(relation, standingInside(relation, context), context);
            if (outcome.objection() != null) {
                return outcome.objection();
            }
        }
        for (String expression : relation.policies()) {
            Objection objection = routines.expression(expression, context);
            if (objection != null) {
                return new Objection(
                        objection.rule(),
                        objection.sqlState(),
                        "its row security or generated columns run more than reads: "
                                + objection.reason(),
                        objection.hint());
            }
        }
        return null;
    }

    private static Standing standingInside(Relation view, Context context) {
        List<RelationPattern> allowed = context.policy().relations();
        if (allowed != null) {
            for (RelationPattern pattern : allowed) {
                if (pattern.isExplicit() && pattern.matches(view.schema(), view.name())) {
                    return Standing.VOUCHED;
                }
            }
        }
        return Standing.STRICT;
    }

    /** Returns what stands against reading the columns that a use reads. */
    @Nullable Denial columns(RelationUse use, Context context) {
        ClosedColumns closed = closedColumns(use, context);
        if (closed.names().isEmpty()) {
            return null;
        }
        for (ColumnRead read : use.reads()) {
            boolean all = read.column().equals(ColumnRead.ALL);
            if (all || closed.names().contains(read.column())) {
                return RelationDenials.column(use, read, closed, context.policy());
            }
        }
        return null;
    }

    /** Returns the columns of a relation that may not be read. */
    ClosedColumns closedColumns(RelationUse use, Context context) {
        ClosedColumns sensitive = SensitiveRelations.INSTANCE.columns(use, context.policy());
        Relation relation = use.relation();
        if (!sensitive.names().isEmpty() || (relation != null && relation.isBuiltIn())) {
            return sensitive;
        }
        return relation == null
                ? closedByName(use, context.policy())
                : closedColumns(relation, context);
    }

    private ClosedColumns closedColumns(Relation relation, Context context) {
        Set<String> closed = new HashSet<>();
        List<RelationPattern> patterns = context.policy().deniedColumns();
        if (!patterns.isEmpty()) {
            Set<Relation> family = new LinkedHashSet<>(Lineage.above(relation, context.catalog()));
            family.addAll(Lineage.below(relation, context.catalog()));
            for (RelationPattern pattern : patterns) {
                if (family.stream()
                        .anyMatch(member -> pattern.matches(member.schema(), member.name()))) {
                    relation.columns().stream()
                            .map(Column::name)
                            .filter(pattern::matchesColumn)
                            .forEach(closed::add);
                }
            }
        }
        if (relation.definition() != null) {
            closed.addAll(
                    views.judge(relation, standingInside(relation, context), context)
                            .closedColumns());
        }
        return closed.isEmpty()
                ? ClosedColumns.NONE
                : new ClosedColumns(
                        closed,
                        Rule.COLUMN_DENIED,
                        "policy \"" + context.policy().name() + "\" closes it");
    }

    private static ClosedColumns closedByName(RelationUse use, Policy policy) {
        Set<String> closed = new HashSet<>();
        for (RelationPattern pattern : policy.deniedColumns()) {
            if (matches(pattern, use)) {
                for (ColumnRead read : use.reads()) {
                    if (read.column().equals(ColumnRead.ALL)
                            || pattern.matchesColumn(read.column())) {
                        closed.add(read.column());
                    }
                }
            }
        }
        return closed.isEmpty()
                ? ClosedColumns.NONE
                : new ClosedColumns(
                        closed, Rule.COLUMN_DENIED, "policy \"" + policy.name() + "\" closes it");
    }

    private static boolean isAllowed(Set<Relation> relations, Policy policy) {
        List<RelationPattern> allowed = policy.relations();
        return allowed == null || anyMatches(allowed, relations);
    }

    private static boolean isDenied(Set<Relation> relations, Policy policy) {
        return anyMatches(policy.deniedRelations(), relations);
    }

    private static boolean anyMatches(List<RelationPattern> patterns, Set<Relation> relations) {
        for (RelationPattern pattern : patterns) {
            for (Relation relation : relations) {
                if (pattern.matches(relation.schema(), relation.name())) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isToast(Relation relation) {
        return relation.kind() == Relation.Kind.TOAST_TABLE
                || relation.schema().equals(TOAST_SCHEMA);
    }

    /** A foreign table has to be named, or what it is a part of. */
    private static boolean isNamedIfForeign(Set<Relation> above, Relation part, Policy policy) {
        if (part.kind() != Relation.Kind.FOREIGN_TABLE) {
            return true;
        }
        List<RelationPattern> allowed = policy.relations();
        if (allowed == null) {
            return false;
        }
        for (RelationPattern pattern : allowed) {
            if (pattern.isExplicit()
                    && (pattern.matches(part.schema(), part.name())
                            || above.stream()
                                    .filter(r -> r.kind() == Relation.Kind.FOREIGN_TABLE)
                                    .anyMatch(r -> pattern.matches(r.schema(), r.name())))) {
                return true;
            }
        }
        return false;
    }

    /** Where no catalog was asked, what the name may mean counts. */
    private static @Nullable Denial byName(RelationUse use, Policy policy) {
        if (isSystem(use.schema()) || use.name().startsWith("pg_")) {
            return null;
        }
        List<RelationPattern> allowed = policy.relations();
        boolean open = allowed == null || allowed.stream().anyMatch(p -> matches(p, use));
        boolean denied = policy.deniedRelations().stream().anyMatch(p -> matches(p, use));
        return open && !denied ? null : RelationDenials.closed(use, policy);
    }

    private static boolean matches(RelationPattern pattern, RelationUse use) {
        return use.schema() == null
                ? pattern.matchesName(use.name())
                : pattern.matches(use.schema(), use.name());
    }

    /** A relation that is not there is refused as one that is, if the policy closes its name. */
    private static Denial missing(RelationUse use, SearchPath path, Context context) {
        Policy policy = context.policy();
        Set<String> schemas = new LinkedHashSet<>();
        if (use.schema() != null) {
            schemas.add(use.schema());
        } else {
            path.schemas().stream().filter(s -> !s.startsWith("pg_")).forEach(schemas::add);
        }
        List<RelationPattern> allowed = policy.relations();
        boolean open = allowed == null || isSystem(use.schema());
        boolean denied = false;
        for (String schema : schemas) {
            open |= allowed != null && anyMatches(allowed, schema, use.name());
            denied |= anyMatches(policy.deniedRelations(), schema, use.name());
        }
        if (!open || denied) {
            return RelationDenials.closed(use, policy);
        }
        return RelationDenials.missing(use);
    }

    private static boolean isSystem(@Nullable String schema) {
        return schema != null
                && (schema.equals("pg_catalog") || schema.equals("information_schema"));
    }

    private static boolean anyMatches(
            List<RelationPattern> patterns, String schema, String relation) {
        return patterns.stream().anyMatch(pattern -> pattern.matches(schema, relation));
    }

    private static String kind(Relation relation) {
        return switch (relation.kind()) {
            case VIEW -> "view";
            case MATERIALIZED_VIEW -> "materialized view";
            case FOREIGN_TABLE -> "foreign table";
            case TABLE, PARTITIONED_TABLE, TOAST_TABLE -> "table";
            case SEQUENCE -> "sequence";
        };
    }
}
