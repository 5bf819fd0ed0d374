package dev.postern.sql;

import dev.postern.catalog.Column;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.catalog.Type;
import dev.postern.sql.Range.Columns;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the queries of a statement bind: their CTEs and the items of their FROM clauses.
 * Each query is looked at once, whoever asks first.
 *
 * @see <a href="https://www.postgresql.org/docs/current/queries-table-expressions.html">Table
 *     Expressions</a>
 */
final class FromClause {

    /** Queries nested deeper than this show columns of which nothing is known. */
    private static final int MAX_DEPTH = 64;

    private final FactsCollector found;
    private final OutputColumns outputs;
    private final IdentityHashMap<SyntaxNode, Scope> scopes = new IdentityHashMap<>();
    private final IdentityHashMap<SyntaxNode, Scope> cteScopes = new IdentityHashMap<>();
    private int depth;

    FromClause(FactsCollector found, ValueTypes types) {
        this.found = found;
        this.outputs = new OutputColumns(this, types);
    }

    /** Returns what is bound inside a query. */
    Scope inside(SyntaxNode select, Scope outer) {
        Scope known = scopes.get(select);
        if (known == null) {
            Scope scope = withCtes(select.node("withClause"), outer);
            Ranges ranges = new Ranges(SettingCalls.listedSetting(select));
            known = scope.withQuery(ranges);
            scopes.put(select, known);
            items(select, known, ranges);
        }
        return known;
    }

    /** Returns what is bound inside a CTE's query. */
    Scope insideCte(SyntaxNode cte, Scope otherwise) {
        return cteScopes.getOrDefault(cte, otherwise);
    }

    /** Returns what is bound around a subquery in FROM, given what is bound around FROM's items. */
    static Scope aroundSubquery(SyntaxNode subselect, Scope scope) {
        if (subselect.flag("lateral")) {
            return scope.uncertain();
        }
        Scope outer = scope.outer();
        return scope.query() == null || outer == null ? scope : outer;
    }

    /** A CTE sees those before it, and with RECURSIVE all of its clause. */
    private Scope withCtes(@Nullable SyntaxNode with, Scope outer) {
        if (with == null) {
            return outer;
        }
        Scope scope = outer;
        boolean recursive = with.flag("recursive");
        if (recursive) {
            for (SyntaxNode cte : with.list("ctes")) {
                scope = bound(cte, scope);
            }
        }
        Scope all = scope;
        for (SyntaxNode cte : with.list("ctes")) {
            if (cte != null) {
                cteScopes.put(cte, recursive ? all : scope);
            }
            if (!recursive) {
                scope = bound(cte, scope);
            }
        }
        return scope;
    }

    private Scope bound(@Nullable SyntaxNode cte, Scope scope) {
        String name = cte == null ? null : cte.text("ctename");
        if (cte == null || name == null) {
            return scope;
        }
        SyntaxNode query = cte.node("ctequery");
        return scope.withCte(
                new CteRange(
                        name,
                        strings(cte.list("aliascolnames")),
                        () -> columns(query, insideCte(cte, Scope.NONE))));
    }

    /** Returns the columns of a query. */
    Columns columns(@Nullable SyntaxNode query, Scope outer) {
        if (query == null || !query.is("SelectStmt") || depth >= MAX_DEPTH) {
            return Columns.NONE_KNOWN;
        }
        depth++;
        try {
            return outputs.of(query, outer);
        } finally {
            depth--;
        }
    }

    private record Item(SyntaxNode node, boolean hidden) {}

    private void items(SyntaxNode select, Scope scope, Ranges ranges) {
        ArrayDeque<Item> pending = new ArrayDeque<>();
        for (SyntaxNode item : select.list("fromClause")) {
            if (item != null) {
                pending.add(new Item(item, false));
            }
        }
        for (Item next = pending.poll(); next != null; next = pending.poll()) {
            SyntaxNode node = next.node();
            switch (node.type().name()) {
                case "JoinExpr" -> {
                    boolean hides = join(node, next.hidden(), ranges);
                    pushItem(node.node("rarg"), next.hidden() || hides, pending);
                    pushItem(node.node("larg"), next.hidden() || hides, pending);
                }
                case "RangeTableSample" -> pushItem(node.node("relation"), next.hidden(), pending);
                default -> ranges.add(node, item(node, scope), next.hidden());
            }
        }
    }

    private static void pushItem(
            @Nullable SyntaxNode node, boolean hidden, ArrayDeque<Item> pending) {
        if (node != null) {
            pending.push(new Item(node, hidden));
        }
    }

    private static boolean join(SyntaxNode join, boolean hidden, Ranges ranges) {
        SyntaxNode alias = join.node("alias");
        if (alias != null) {
            ranges.add(
                    join,
                    new Range.OfJoin(
                            alias.text("aliasname"),
                            strings(alias.list("colnames")),
                            () -> parts(join, ranges)),
                    hidden);
        }
        SyntaxNode usingAlias = join.node("join_using_alias");
        if (usingAlias != null && !hidden) {
            ranges.add(
                    new Range.OfJoin(
                            usingAlias.text("aliasname"), List.of(), () -> parts(join, ranges)));
        }
        return alias != null;
    }

    /** Returns the items below a node of the FROM clause, those of joins followed. */
    static List<Range> parts(@Nullable SyntaxNode root, Ranges ranges) {
        List<Range> parts = new ArrayList<>();
        ArrayDeque<SyntaxNode> pending = new ArrayDeque<>();
        if (root != null) {
            pending.push(root);
        }
        for (SyntaxNode node = pending.poll(); node != null; node = pending.poll()) {
            switch (node.type().name()) {
                case "JoinExpr" -> {
                    push(node.node("rarg"), pending);
                    push(node.node("larg"), pending);
                }
                case "RangeTableSample" -> push(node.node("relation"), pending);
                default -> {
                    Range range = ranges.of(node);
                    if (range != null) {
                        parts.add(range);
                    }
                }
            }
        }
        return parts;
    }

    private static void push(@Nullable SyntaxNode node, ArrayDeque<SyntaxNode> pending) {
        if (node != null) {
            pending.push(node);
        }
    }

    private Range item(SyntaxNode node, Scope scope) {
        SyntaxNode alias = node.type().find("alias") == null ? null : node.node("alias");
        String name = alias == null ? null : alias.text("aliasname");
        List<String> aliases = alias == null ? List.of() : strings(alias.list("colnames"));
        return switch (node.type().name()) {
            case "RangeVar" -> relation(node, name, aliases, scope);
            case "RangeSubselect" ->
                    new Range.OfColumns(
                            name,
                            aliases,
                            ValueType.RECORD,
                            () -> columns(node.node("subquery"), aroundSubquery(node, scope)));
            case "RangeFunction" -> function(node, name, aliases);
            default ->
                    new Range.OfColumns(name, aliases, ValueType.RECORD, () -> Columns.NONE_KNOWN);
        };
    }

    private Range relation(
            SyntaxNode node, @Nullable String alias, List<String> aliases, Scope scope) {
        String schema = node.text("schemaname");
        String written = node.text("relname");
        String name = written == null ? "" : written;
        CteRange cte = schema == null ? scope.cte(name) : null;
        if (cte != null) {
            return new Range.OfColumns(
                    alias == null ? name : alias,
                    aliases,
                    ValueType.RECORD,
                    () -> cte.columns().get().renamed(cte.aliases()));
        }
        FactsCollector.FoundRelation relation = found.relation(node);
        return new Range.OfRelation(relation.use(), relation.reads(), alias, aliases);
    }

    private Range function(SyntaxNode node, @Nullable String alias, List<String> aliases) {
        List<@Nullable SyntaxNode> definitions = node.list("coldeflist");
        boolean single =
                node.list("functions").size() == 1
                        && !node.flag("ordinality")
                        && !node.flag("is_rowsfrom");
        SyntaxNode call = single ? firstOf(node.list("functions").get(0)) : null;
        String name = alias;
        if (name == null && call != null && call.is("FuncCall")) {
            name = QualifiedName.of(call.list("funcname")).name();
        }
        if (!definitions.isEmpty()) {
            return new Range.OfColumns(
                    name,
                    aliases,
                    ValueType.RECORD,
                    () -> new Columns(defined(definitions), single));
        }
        Routine routine = call == null ? null : onlyRoutine(call);
        int row = routine == null ? ValueType.UNKNOWN : routine.result();
        String column = name;
        return new Range.OfColumns(name, aliases, row, () -> result(routine, column));
    }

    private List<Column> defined(List<@Nullable SyntaxNode> definitions) {
        List<Column> columns = new ArrayList<>();
        for (SyntaxNode definition : definitions) {
            String column =
                    definition != null && definition.is("ColumnDef")
                            ? definition.text("colname")
                            : null;
            if (definition != null && column != null) {
                columns.add(new Column(column, found.typeOid(definition.node("typeName"))));
            }
        }
        return columns;
    }

    /** The items of a RangeFunction are lists of a call and its column definitions. */
    private static @Nullable SyntaxNode firstOf(@Nullable SyntaxNode item) {
        if (item == null || !item.is("List")) {
            return item;
        }
        List<@Nullable SyntaxNode> items = item.list("items");
        return items.isEmpty() ? null : items.get(0);
    }

    private @Nullable Routine onlyRoutine(SyntaxNode call) {
        if (!call.is("FuncCall")) {
            return null;
        }
        QualifiedName name = QualifiedName.of(call.list("funcname"));
        List<Routine> routines =
                found.names().routines(name.schema(), name.name(), call.list("args").size());
        return routines.size() == 1 ? routines.get(0) : null;
    }

    private Columns result(@Nullable Routine routine, @Nullable String name) {
        if (routine == null || name == null) {
            return Columns.NONE_KNOWN;
        }
        if (!routine.resultColumns().isEmpty()) {
            return routine.resultColumns().size() == 1
                    ? Columns.NONE_KNOWN
                    : new Columns(routine.resultColumns(), true);
        }
        Type type = found.names().catalog().type(routine.result());
        if (type == null || type.kind() == Type.Kind.PSEUDO || type.kind() == Type.Kind.DOMAIN) {
            return Columns.NONE_KNOWN;
        }
        if (type.kind() != Type.Kind.COMPOSITE) {
            return new Columns(List.of(new Column(name, type.oid())), true);
        }
        Relation relation = found.names().catalog().relation(type.relation());
        return relation == null ? Columns.NONE_KNOWN : new Columns(relation.columns(), true);
    }

    /** Reads a list of String nodes. */
    static List<String> strings(List<@Nullable SyntaxNode> nodes) {
        List<String> strings = new ArrayList<>(nodes.size());
        for (SyntaxNode node : nodes) {
            String text = node != null && node.is("String") ? node.text("sval") : null;
            strings.add(text == null ? "" : text);
        }
        return strings;
    }
}
