package dev.postern.policy;

import dev.postern.catalog.Relation;
import dev.postern.catalog.SearchPath;
import dev.postern.protocol.SqlState;
import dev.postern.sql.RelationUse;
import dev.postern.sql.RelationUse.ColumnRead;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.StatementFacts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges views by their definitions. A closed column that one column of the view alone shows closes
 * that one; one that is read anywhere else closes the view.
 */
final class ViewRules {

    private static final String HINT =
            "Read other relations, or ask for what the view rests on to be opened in the policy.";

    private final FactsRules facts;
    private final RelationRules relations;

    ViewRules(FactsRules facts, RelationRules relations) {
        this.facts = facts;
        this.relations = relations;
    }

    /**
     * What was found.
     *
     * @param objection what stands against reading the view at all, {@code null} if nothing
     * @param closedColumns its columns that may not be read
     */
    record Outcome(@Nullable Objection objection, Set<String> closedColumns) {

        static final Outcome OPEN = new Outcome(null, Set.of());

        Outcome {
            closedColumns = Set.copyOf(closedColumns);
        }

        private static Outcome closed(Objection objection) {
            return new Outcome(objection, Set.of());
        }
    }

    private record ViewKey(int oid) {}

    Outcome judge(Relation view, RelationRules.Standing inside, Context context) {
        String definition = view.definition();
        if (definition == null || isReviewed(view)) {
            return Outcome.OPEN;
        }
        Outcome before = context.known().view(view.oid());
        if (before != null) {
            return before;
        }
        if (!context.enter(new ViewKey(view.oid()))) {
            return Outcome.OPEN;
        }
        Objection tooDeep = context.tooDeep();
        Outcome outcome =
                tooDeep == null
                        ? judge(view, context.read(definition, SearchPath.SYSTEM), inside, context)
                        : Outcome.closed(tooDeep);
        boolean complete = context.leave();
        Objection objection = outcome.objection();
        if (objection == null ? complete : !objection.isPassing()) {
            context.known().keep(view.oid(), outcome);
        }
        return outcome;
    }

    /** Views of extensions are reviewed with these, some of them column by column. */
    private static boolean isReviewed(Relation view) {
        return view.extension() != null
                && (ExtensionList.INSTANCE.isTrusted(view.extension())
                        || SensitiveRelations.INSTANCE.lists(view.name()));
    }

    private Outcome judge(
            Relation view, SqlFacts read, RelationRules.Standing inside, Context context) {
        return switch (read) {
            case SqlFacts.Unreadable unreadable ->
                    Outcome.closed(Objections.within(Denials.unreadable(unreadable), HINT));
            case SqlFacts.Parsed parsed -> {
                Findings findings = new Findings(context.policy());
                Set<String> closed = new HashSet<>();
                for (StatementFacts statement : parsed.statements()) {
                    for (RelationUse use : statement.relations()) {
                        if (findings.add(
                                        relations.relation(use, SearchPath.SYSTEM, context, inside))
                                || findings.add(columns(view, use, closed, context))) {
                            break;
                        }
                    }
                    if (view.kind() == Relation.Kind.VIEW && findings.refusal() == null) {
                        facts.judgeAllButRelations(statement, SearchPath.SYSTEM, context, findings);
                    }
                }
                Denial denial = findings.any();
                yield denial == null
                        ? new Outcome(null, closed)
                        : Outcome.closed(Objections.within(denial, HINT));
            }
        };
    }

    private @Nullable Denial columns(
            Relation view, RelationUse use, Set<String> closed, Context context) {
        ClosedColumns inside = relations.closedColumns(use, context);
        List<ColumnRead> reads = inside.names().isEmpty() ? List.of() : use.reads();
        for (ColumnRead read : reads) {
            boolean all = read.column().equals(ColumnRead.ALL);
            if (!all && !inside.names().contains(read.column())) {
                continue;
            }
            if (all || read.output() < 0 || read.output() >= view.columns().size()) {
                return new Denial(
                        inside.rule(),
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "it reads what is not open to agents",
                        0,
                        null,
                        HINT);
            }
            closed.add(view.columns().get(read.output()).name());
        }
        return null;
    }
}
