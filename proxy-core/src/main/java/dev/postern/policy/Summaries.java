package dev.postern.policy;

import dev.postern.sql.FunctionUse;
import dev.postern.sql.RelationUse;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.StatementFacts;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Makes the audit trail's view of what was read. */
final class Summaries {

    /** More names than this are not kept. */
    private static final int MAX_NAMES = 64;

    /** What stands for a text that could not be read. */
    static final StatementSummary UNREADABLE =
            new StatementSummary("UNREADABLE", "", List.of(), List.of());

    private Summaries() {}

    static StatementSummary of(SqlFacts.Parsed facts) {
        SortedSet<String> relations = new TreeSet<>();
        SortedSet<String> functions = new TreeSet<>();
        for (StatementFacts statement : facts.statements()) {
            for (RelationUse relation : statement.relations()) {
                add(relations, relation.qualifiedName());
            }
            for (FunctionUse function : statement.functions()) {
                if (mayBeCalled(function)) {
                    add(functions, function.qualifiedName());
                }
            }
        }
        return new StatementSummary(
                command(facts.statements()),
                facts.fingerprint(),
                List.copyOf(relations),
                List.copyOf(functions));
    }

    /** What looks like a column counts as a function only if there is one. */
    private static boolean mayBeCalled(FunctionUse function) {
        return function.syntax() != FunctionUse.Syntax.ATTRIBUTE
                || (function.meaning() instanceof FunctionUse.Meaning.Resolved resolved
                        && (resolved.builtIn() || !resolved.routines().isEmpty()));
    }

    private static void add(SortedSet<String> names, String name) {
        if (names.size() < MAX_NAMES) {
            names.add(name);
        }
    }

    private static String command(List<StatementFacts> statements) {
        if (statements.isEmpty()) {
            return "EMPTY";
        }
        String first = statements.get(0).statement().command();
        boolean same = statements.stream().allMatch(s -> s.statement().command().equals(first));
        return same ? first : "MULTIPLE";
    }
}
