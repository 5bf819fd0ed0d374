package dev.postern.policy;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.SearchPath;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import dev.postern.sql.SettingUse;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.Statement;
import dev.postern.sql.StatementFacts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The decision: what passes is listed, everything else is refused. A text of several statements
 * passes only if each does. Immutable and without state, so that one instance serves every thread.
 */
public final class Gate {

    private final StatementRules statements = new StatementRules();
    private final FactsRules rules = new FactsRules();
    private final Knowledge knowledge = new Knowledge();

    /** A verdict, and what was read for it. */
    public record Judged(SqlFacts facts, Verdict verdict) {}

    /**
     * Reads and judges a text. What follows a change of the search path in it is judged under the
     * changed path as well.
     *
     * @param view what the names in it mean
     * @param reader reads it, and what the catalog holds, on the calling thread
     */
    public Judged judge(SqlText text, Policy policy, CatalogView view, DefinitionReader reader) {
        SqlFacts facts = reader.read(text, view);
        CatalogView wider = view;
        if (facts instanceof SqlFacts.Parsed parsed) {
            SearchPathChanges changes = SearchPathChanges.of(parsed.statements(), view.catalog());
            if (!changes.isEmpty() && !changes.only()) {
                wider = view.andPaths(changes.paths());
                wider = changes.resets() ? wider.andPaths(List.of(view.initial())) : wider;
            }
        }
        if (!wider.equals(view)) {
            facts = reader.read(text, wider);
        }
        return new Judged(facts, judge(facts, policy, wider, reader));
    }

    /**
     * Judges what was read of a text that changes no search path.
     *
     * @param view what was read with
     * @param definitions reads what the catalog holds, on the calling thread
     */
    public Verdict judge(
            SqlFacts facts, Policy policy, CatalogView view, DefinitionReader definitions) {
        return switch (facts) {
            case SqlFacts.Unreadable unreadable -> unreadable(unreadable);
            case SqlFacts.Parsed parsed -> {
                Statement.Question question = Questions.asked(parsed.statements());
                if (question != null) {
                    yield new Verdict.Answer(Summaries.of(parsed), question);
                }
                Context context =
                        new Context(
                                policy,
                                view.catalog(),
                                definitions,
                                knowledge.of(view.catalog(), policy));
                yield judge(parsed, view, context);
            }
        };
    }

    /** Under each search path that may apply a text must be harmless, or mean nothing at all. */
    private Verdict judge(SqlFacts.Parsed parsed, CatalogView view, Context context) {
        StatementSummary summary = Summaries.of(parsed);
        int size = parsed.statements().size();
        Denial missing = null;
        Denial observed = null;
        int meaningful = 0;
        for (int i = 0; i < view.paths().size(); i++) {
            List<StatementFacts> statementsHere =
                    i == 0
                            ? parsed.statements()
                            : parsed.otherwise().subList((i - 1) * size, i * size);
            Findings findings =
                    findings(statementsHere, parsed.starts(), view.paths().get(i), context);
            Denial refusal = findings.refusal();
            if (refusal != null && !refusal.saysMissing()) {
                return new Verdict.Deny(summary, refusal);
            }
            if (refusal == null) {
                meaningful++;
                observed = observed == null ? findings.observed() : observed;
            } else {
                missing = missing == null ? refusal : missing;
            }
        }
        if (meaningful == 0 && missing != null) {
            return new Verdict.Deny(summary, missing);
        }
        PreparedNames prepared = preparedNames(parsed.statements());
        return new Verdict.Allow(
                summary,
                prepared,
                SearchPathChanges.of(parsed.statements(), view.catalog()),
                SessionEffects.of(parsed.statements(), prepared),
                observed);
    }

    private Findings findings(
            List<StatementFacts> all, List<Integer> starts, SearchPath path, Context context) {
        Findings findings = new Findings(context.policy());
        boolean resets = all.stream().anyMatch(Gate::resetsAll);
        boolean resetBefore = false;
        for (int i = 0; i < all.size(); i++) {
            StatementFacts facts = all.get(i);
            findings.in(starts.get(i));
            resetBefore |= i > 0 && resetsAll(all.get(i - 1));
            if (findings.add(statements.judge(facts.statement(), facts))
                    || findings.add(statements.afterReset(resetBefore, facts.statement()))
                    || findings.add(Questions.misplaced(facts))
                    || rules.judgeSent(facts, path, resets, context, findings)) {
                break;
            }
        }
        return findings;
    }

    /**
     * Tells what a text names, what each name means under the first search path that may apply, and
     * why it passes or not; one element a statement, none for a text that cannot be read.
     *
     * @param view what the names in it mean
     * @param reader reads it, and what the catalog holds, on the calling thread
     */
    public List<Explanation> explain(
            SqlText text, Policy policy, CatalogView view, DefinitionReader reader) {
        return switch (reader.read(text, view)) {
            case SqlFacts.Unreadable unreadable -> List.of();
            case SqlFacts.Parsed parsed -> {
                Context context =
                        new Context(
                                policy,
                                view.catalog(),
                                reader,
                                knowledge.of(view.catalog(), policy));
                yield parsed.statements().stream()
                        .map(facts ->
                                rules.explainer().explain(facts, view.paths().getFirst(), context))
                        .toList();
            }
        };
    }

    /**
     * Tells all that a policy opens, whether it enforces its rules or only takes note.
     *
     * @param reader reads what the catalog holds, on the calling thread
     */
    public Reach reach(Policy policy, Catalog catalog, DefinitionReader reader) {
        return rules.reach()
                .of(new Context(policy, catalog, reader, knowledge.of(catalog, policy)));
    }

    /**
     * Tells whether a verdict on these facts holds for every text that differs from this one in the
     * values of its constants only: the text is one query, and no constant in it names something or
     * decides anything.
     */
    public boolean holdsForAnyConstants(SqlFacts facts) {
        if (!(facts instanceof SqlFacts.Parsed parsed) || parsed.statements().size() != 1) {
            return false;
        }
        StatementFacts statement = parsed.statements().get(0);
        return statement.statement() instanceof Statement.Select
                && statement.settings().isEmpty()
                && !statement.namesSystemRelation("pg_settings")
                && statement.casts().stream().noneMatch(cast -> cast.type().startsWith("reg"));
    }

    /** The refusal of a text that could not be read. */
    public static Verdict.Deny unreadable(SqlFacts.Unreadable unreadable) {
        return new Verdict.Deny(Summaries.UNREADABLE, Denials.unreadable(unreadable));
    }

    /** The refusal of a text whose second reading contradicts the first. */
    public static Verdict.Deny readersDisagree(StatementSummary summary, String seen) {
        return new Verdict.Deny(
                summary,
                new Denial(
                        Rule.READERS_DISAGREE,
                        SqlState.READ_ONLY_SQL_TRANSACTION,
                        "a second, independent reader sees " + seen + " in this text",
                        0,
                        seen,
                        "Write the statement more plainly: no quotes, comments or line breaks in odd places."));
    }

    /** The refusal of a text that could not be judged at all. */
    public static Verdict.Deny unavailable(String why) {
        return new Verdict.Deny(Summaries.UNREADABLE, Denials.unavailable(why));
    }

    private static boolean resetsAll(StatementFacts facts) {
        return facts.settings().stream()
                .anyMatch(use -> use.access() == SettingUse.Access.RESET_ALL);
    }

    private static PreparedNames preparedNames(List<StatementFacts> all) {
        Set<String> prepares = new HashSet<>();
        Set<String> executes = new HashSet<>();
        for (StatementFacts facts : all) {
            Statement statement = facts.statement();
            if (statement instanceof Statement.Explain explain) {
                statement = explain.target();
            }
            if (statement instanceof Statement.Prepare prepare) {
                prepares.add(prepare.name());
            } else if (statement instanceof Statement.Execute execute
                    && !prepares.contains(execute.name())) {
                executes.add(execute.name());
            }
        }
        return prepares.isEmpty() && executes.isEmpty()
                ? PreparedNames.NONE
                : new PreparedNames(prepares, executes);
    }
}
