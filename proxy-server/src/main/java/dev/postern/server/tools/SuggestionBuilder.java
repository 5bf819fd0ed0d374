package dev.postern.server.tools;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.catalog.SearchPath;
import dev.postern.catalog.Type;
import dev.postern.policy.Access;
import dev.postern.policy.Denial;
import dev.postern.policy.Explanation;
import dev.postern.policy.Policy;
import dev.postern.policy.Rule;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.tools.Suggestion.Basis;
import dev.postern.server.tools.Suggestion.LeftOut;
import dev.postern.sql.RelationUse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Derives the least policy that lets statements pass: what they name goes into its lists, then the
 * gate judges them under it, and what turns out to be needless goes again. For one thread.
 */
public final class SuggestionBuilder {

    /** Each round adds what the round before has shown to be needed. */
    private static final int ROUNDS = 3;

    private final Workbench bench;
    private final PolicyConfig present;
    private final SortedMap<String, Entry> relations = new TreeMap<>();
    private final SortedMap<String, Entry> functions = new TreeMap<>();

    private SuggestionBuilder(Workbench bench, PolicyConfig present) {
        this.bench = bench;
        this.present = present;
    }

    /** An entry of a list, and the statements that need it. */
    private static final class Entry {

        private final Set<RecordedStatement<?>> statements = new LinkedHashSet<>();
        private final TreeSet<String> columns = new TreeSet<>();
        private String note = "";

        Basis basis() {
            return new Basis(
                    statements.size(),
                    statements.stream().mapToLong(RecordedStatement::runs).sum(),
                    columns.contains(RelationUse.ColumnRead.ALL)
                            ? new TreeSet<>(Set.of(RelationUse.ColumnRead.ALL))
                            : columns,
                    note);
        }
    }

    /**
     * Derives a policy.
     *
     * @param present the policy it is to take the place of
     * @param statements what has to pass
     */
    public static Suggestion build(
            Workbench bench,
            PolicyConfig present,
            Collection<? extends RecordedStatement<?>> statements) {
        List<RecordedStatement<?>> remaining = new ArrayList<>(statements);
        List<LeftOut> leftOut = new ArrayList<>();
        while (true) {
            SuggestionBuilder builder = new SuggestionBuilder(bench, present);
            builder.derive(remaining);
            List<LeftOut> refused =
                    builder.refused(remaining, builder.policy(List.of(), List.of()));
            if (refused.isEmpty()) {
                return builder.finished(remaining, leftOut);
            }
            leftOut.addAll(refused);
            refused.forEach(one -> remaining.remove(one.statement()));
        }
    }

    private void derive(List<RecordedStatement<?>> statements) {
        Policy everything =
                policy(new Access(List.of(), null, List.of(), List.of(), Access.Mode.ENFORCE));
        for (RecordedStatement<?> statement : statements) {
            for (Explanation one : bench.explain(everything, statement.view(), statement.sql())) {
                for (Explanation.Read read : one.relations()) {
                    relation(read.use(), statement);
                }
            }
        }
        Policy withRelations = policy(List.of(), List.of());
        for (RecordedStatement<?> statement : statements) {
            calls(statement.sql(), statement.view(), withRelations, statement, new HashSet<>());
        }
        for (int round = 0; round < ROUNDS && addMissing(statements); round++) {}
        removeNeedless(relations, this::hasListedParent);
        removeNeedless(functions, name -> true);
    }

    private void relation(RelationUse use, RecordedStatement<?> statement) {
        switch (use.meaning()) {
            case RelationUse.Meaning.None none -> {}
            case RelationUse.Meaning.Unresolved unresolved -> {
                if (!use.mayBeSystem() || (use.schema() == null && !use.name().startsWith("pg_"))) {
                    Entry entry =
                            add(
                                    relations,
                                    use.schema() == null
                                            ? PolicyNames.inAnySchema(use.name())
                                            : PolicyNames.relation(use.schema(), use.name()),
                                    statement);
                    use.reads().forEach(read -> entry.columns.add(read.column()));
                }
            }
            case RelationUse.Meaning.Resolved(Relation relation) -> {
                if (!relation.isBuiltIn()) {
                    Entry entry = add(relations, PolicyNames.of(relation), statement);
                    use.reads().forEach(read -> entry.columns.add(read.column()));
                    entry.note = kind(relation);
                    foreignBelow(relation, use.only(), statement, new HashSet<>());
                }
            }
        }
    }

    private static Entry add(
            SortedMap<String, Entry> entries, String name, RecordedStatement<?> statement) {
        Entry entry = entries.computeIfAbsent(name, key -> new Entry());
        entry.statements.add(statement);
        return entry;
    }

    private static String kind(Relation relation) {
        return switch (relation.kind()) {
            case VIEW -> "view";
            case MATERIALIZED_VIEW -> "materialized view";
            case FOREIGN_TABLE -> "foreign table: reading it reaches another system";
            case SEQUENCE -> "sequence";
            case TABLE, PARTITIONED_TABLE, TOAST_TABLE -> "";
        };
    }

    /**
     * Foreign tables have to be named wherever they are read: as partitions and within views too.
     */
    private void foreignBelow(
            Relation relation, boolean only, RecordedStatement<?> statement, Set<Integer> seen) {
        if (!seen.add(relation.oid())) {
            return;
        }
        Catalog catalog = statement.view().catalog();
        for (int i = 0; !only && i < relation.children().size(); i++) {
            Relation child = catalog.relation(relation.children().get(i));
            if (child != null) {
                foreign(child, statement);
                foreignBelow(child, false, statement, seen);
            }
        }
        if (relation.definition() != null) {
            Policy everything = policy(Access.DEFAULT);
            for (Explanation one :
                    bench.explain(everything, inside(catalog), text(relation.definition()))) {
                for (Explanation.Read read : one.relations()) {
                    Relation within = read.use().relation();
                    if (within != null && !within.isBuiltIn()) {
                        foreign(within, statement);
                        foreignBelow(within, read.use().only(), statement, seen);
                    }
                }
            }
        }
    }

    private void foreign(Relation relation, RecordedStatement<?> statement) {
        if (relation.kind() == Relation.Kind.FOREIGN_TABLE) {
            add(relations, PolicyNames.of(relation), statement).note = kind(relation);
        }
    }

    /** Adds the functions that do not pass by themselves, those within views too. */
    private void calls(
            SqlText text,
            CatalogView view,
            Policy policy,
            RecordedStatement<?> statement,
            Set<Integer> seen) {
        for (Explanation one : bench.explain(policy, view, text)) {
            Stream.of(one.functions(), one.operators(), one.types())
                    .flatMap(List::stream)
                    .forEach(call -> call(call, view.catalog(), statement));
            for (Explanation.Read read : one.relations()) {
                Relation relation = read.use().relation();
                if (relation == null || relation.isBuiltIn() || !seen.add(relation.oid())) {
                    continue;
                }
                if (relation.kind() == Relation.Kind.VIEW && relation.definition() != null) {
                    calls(
                            text(relation.definition()),
                            inside(view.catalog()),
                            policy,
                            statement,
                            seen);
                }
                for (String expression : relation.policies()) {
                    calls(
                            text("SELECT " + expression),
                            inside(view.catalog()),
                            policy,
                            statement,
                            seen);
                }
            }
        }
    }

    private void call(Explanation.Call call, Catalog catalog, RecordedStatement<?> statement) {
        if (!catalog.isKnown() && call.refusal() != null) {
            named(call.name(), statement);
        }
        for (Explanation.Candidate candidate : call.candidates()) {
            Routine routine = candidate.routine();
            if (candidate.passes()) {
                continue;
            }
            if (routine == null) {
                named(candidate.name(), statement);
            } else {
                add(functions, PolicyNames.of(routine, candidate.arguments()), statement).note =
                        "language "
                                + routine.language()
                                + (routine.body() == null ? "" : ": " + candidate.why());
            }
        }
    }

    private void named(String name, RecordedStatement<?> statement) {
        int dot = name.indexOf('.');
        String entry =
                dot < 0
                        ? PolicyNames.anyOf("public", name)
                        : PolicyNames.anyOf(name.substring(0, dot), name.substring(dot + 1));
        add(functions, entry, statement);
    }

    /** Adds what refusals name; tells whether there was anything. */
    private boolean addMissing(List<RecordedStatement<?>> statements) {
        int before = functions.size();
        for (LeftOut refused : refused(statements, policy(List.of(), List.of()))) {
            String object = refused.denial().object();
            boolean ofFunctions =
                    refused.denial().rule() == Rule.FUNCTION_UNKNOWN
                            || refused.denial().rule() == Rule.FUNCTION_UNSAFE;
            if (!ofFunctions || object == null || !object.matches("\\w+\\.\\w+")) {
                continue;
            }
            named(object, refused.statement());
            Catalog catalog = refused.statement().view().catalog();
            for (Cast cast : catalog.userCasts()) {
                Routine routine = catalog.routine(cast.function());
                if (routine != null
                        && (isNamed(cast.source(), object, catalog)
                                || isNamed(cast.target(), object, catalog))) {
                    add(
                                            functions,
                                            PolicyNames.anyOf(routine.schema(), routine.name()),
                                            refused.statement())
                                    .note =
                            "a conversion that PostgreSQL makes by itself";
                }
            }
        }
        return functions.size() > before;
    }

    private static boolean isNamed(int oid, String name, Catalog catalog) {
        Type type = catalog.type(oid);
        return type != null && type.qualifiedName().equals(name);
    }

    /** Removes entries without which all the same passes. */
    private void removeNeedless(SortedMap<String, Entry> entries, Predicate<String> candidate) {
        for (String name : List.copyOf(entries.keySet())) {
            Entry entry = entries.get(name);
            if (entry == null || !candidate.test(name)) {
                continue;
            }
            Policy before = policy(List.of(), List.of());
            List<RecordedStatement<?>> passed =
                    entry.statements.stream().filter(s -> denial(s, before) == null).toList();
            entries.remove(name);
            if (!refused(passed, policy(List.of(), List.of())).isEmpty()) {
                entries.put(name, entry);
            } else {
                restOnParents(name, entry);
            }
        }
    }

    /** What a part was needed for is what the whole is needed for. */
    private void restOnParents(String name, Entry part) {
        for (RecordedStatement<?> statement : part.statements) {
            relations.forEach((parent, entry) -> {
                if (isPartOf(name, parent, statement.view().catalog())) {
                    entry.statements.add(statement);
                    entry.columns.addAll(part.columns);
                }
            });
        }
    }

    /** A part of what is listed itself needs no entry. */
    private boolean hasListedParent(String name) {
        for (RecordedStatement<?> statement :
                relations.getOrDefault(name, new Entry()).statements) {
            Catalog catalog = statement.view().catalog();
            for (String other : relations.keySet()) {
                if (!other.equals(name) && isPartOf(name, other, catalog)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isPartOf(String name, String parent, Catalog catalog) {
        Relation relation = find(name, catalog);
        Set<Integer> seen = new HashSet<>();
        List<Relation> pending = new ArrayList<>();
        if (relation != null) {
            pending.add(relation);
        }
        while (!pending.isEmpty()) {
            Relation next = pending.removeLast();
            for (int i = 0; i < next.parents().size(); i++) {
                Relation above = catalog.relation(next.parents().get(i));
                if (above != null && seen.add(above.oid())) {
                    if (PolicyNames.of(above).equals(parent)) {
                        return true;
                    }
                    pending.add(above);
                }
            }
        }
        return false;
    }

    private static @Nullable Relation find(String name, Catalog catalog) {
        String last = name.substring(name.lastIndexOf('.') + 1).replace("\"", "");
        for (Relation relation : catalog.relations(last)) {
            if (PolicyNames.of(relation).equals(name)) {
                return relation;
            }
        }
        return null;
    }

    private Suggestion finished(List<RecordedStatement<?>> statements, List<LeftOut> leftOut) {
        List<String> opened = new ArrayList<>();
        List<String> deniedRelations = new ArrayList<>(present.relations().deny());
        List<String> deniedColumns = new ArrayList<>(present.relations().deniedColumns());
        List<RecordedStatement<?>> against =
                refused(statements, policy(deniedRelations, deniedColumns)).stream()
                        .<RecordedStatement<?>>map(LeftOut::statement)
                        .toList();
        if (!against.isEmpty()) {
            opened.addAll(opens(deniedRelations, against, one -> policy(one, List.of())));
            opened.addAll(opens(deniedColumns, against, one -> policy(List.of(), one)));
        }
        int passing =
                statements.size()
                        - refused(statements, policy(deniedRelations, deniedColumns)).size();
        return new Suggestion(
                present,
                bases(relations),
                bases(functions),
                deniedRelations,
                deniedColumns,
                opened,
                SuggestedLimits.of(statements),
                passing,
                leftOut);
    }

    private List<String> opens(
            List<String> denials,
            List<RecordedStatement<?>> statements,
            Function<List<String>, Policy> policy) {
        List<String> opened =
                denials.stream()
                        .filter(one -> !refused(statements, policy.apply(List.of(one))).isEmpty())
                        .toList();
        denials.removeAll(opened);
        return opened;
    }

    private static SortedMap<String, Basis> bases(SortedMap<String, Entry> entries) {
        SortedMap<String, Basis> bases = new TreeMap<>();
        entries.forEach((name, entry) -> bases.put(name, entry.basis()));
        return bases;
    }

    private List<LeftOut> refused(List<RecordedStatement<?>> statements, Policy policy) {
        List<LeftOut> refused = new ArrayList<>();
        for (RecordedStatement<?> statement : statements) {
            Denial denial = denial(statement, policy);
            if (denial != null) {
                refused.add(new LeftOut(statement, denial));
            }
        }
        return refused;
    }

    private @Nullable Denial denial(RecordedStatement<?> statement, Policy policy) {
        return bench.judge(policy, statement.view(), statement.sql())
                        instanceof Verdict.Deny(var summary, Denial denial)
                ? denial
                : null;
    }

    private Policy policy(List<String> deniedRelations, List<String> deniedColumns) {
        return policy(
                new Access(
                        List.copyOf(functions.keySet()),
                        List.copyOf(relations.keySet()),
                        deniedRelations,
                        deniedColumns,
                        Access.Mode.ENFORCE));
    }

    private Policy policy(Access access) {
        return new Policy(present.name(), access);
    }

    private static CatalogView inside(Catalog catalog) {
        return CatalogView.of(catalog, SearchPath.SYSTEM);
    }

    private static SqlText text(@Nullable String sql) {
        return SqlText.owning(String.valueOf(sql).getBytes(StandardCharsets.UTF_8));
    }
}
