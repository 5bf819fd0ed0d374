package dev.postern.sql;

import dev.postern.sql.FunctionUse.Syntax;
import dev.postern.sql.Hazard.Kind;
import dev.postern.sql.SyntaxNode.NodeList;
import dev.postern.sql.SyntaxSchema.RefusedTag;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Walks queries and expressions, without recursion, and collects what they name. */
final class ExpressionWalker {

    /** How many nodes are visited between two looks at the thread's interrupt flag. */
    private static final int INTERRUPT_INTERVAL = 1024;

    private final FactsCollector found;
    private final TextPositions positions;
    private final ArrayDeque<Visit> pending = new ArrayDeque<>();
    private final Set<Scope> starred = Collections.newSetFromMap(new IdentityHashMap<>());
    private int visits;

    ExpressionWalker(FactsCollector found, TextPositions positions) {
        this.found = found;
        this.positions = positions;
    }

    private record Visit(SyntaxNode node, Scope scope) {}

    /**
     * Walks a node and everything below it. Ends early once the thread is interrupted: whoever
     * reads the facts looks at that first.
     */
    void walk(@Nullable SyntaxNode root) {
        push(root, Scope.NONE);
        for (Visit next = pending.poll(); next != null; next = pending.poll()) {
            visit(next.node(), next.scope());
            if (++visits % INTERRUPT_INTERVAL == 0 && Thread.currentThread().isInterrupted()) {
                pending.clear();
            }
        }
    }

    /** Walks nodes and everything below them. */
    void walk(List<@Nullable SyntaxNode> roots) {
        for (SyntaxNode root : roots) {
            walk(root);
        }
    }

    private void push(@Nullable SyntaxNode node, Scope scope) {
        if (node != null) {
            pending.push(new Visit(node, scope));
        }
    }

    private void push(List<@Nullable SyntaxNode> nodes, Scope scope) {
        for (SyntaxNode node : nodes) {
            push(node, scope);
        }
    }

    private void pushChildren(SyntaxNode node, Scope scope) {
        for (Object value : node.values()) {
            if (value instanceof SyntaxNode child) {
                push(child, scope);
            } else if (value instanceof NodeList list) {
                push(list.nodes(), scope);
            }
        }
    }

    private void visit(SyntaxNode node, Scope scope) {
        String name = node.type().name();
        switch (name) {
            case "SelectStmt" -> select(node, scope);
            case "RangeVar" -> relation(node, scope);
            case "Alias" -> alias(node);
            case "JoinExpr" -> {
                SyntaxNode alias = node.node("alias");
                if (alias != null && !alias.list("colnames").isEmpty()) {
                    found.wholeRelations.addAll(scope.relations());
                }
                pushChildren(node, scope);
            }
            case "FuncCall" -> call(node, scope);
            case "TypeCast" -> cast(node, scope);
            case "TypeName" -> type(node, CastUse.Source.LITERAL, scope);
            case "ColumnRef" -> column(node, scope);
            case "A_Star" -> star(scope);
            case "A_Const" -> constant(node);
            case "A_Expr" -> {
                operator(node);
                pushChildren(node, scope);
            }
            case "SubLink" -> {
                operators(node.list("operName"), node);
                pushChildren(node, scope);
            }
            case "SortBy" -> {
                operators(node.list("useOp"), node);
                pushChildren(node, scope);
            }
            case "A_Indirection" -> {
                indirection(node);
                pushChildren(node, scope);
            }
            case "RangeTableSample" -> {
                QualifiedName method = QualifiedName.of(node.list("method"));
                int arguments = node.list("args").size();
                found.functions.add(
                        new FunctionUse(
                                method.schema(),
                                method.name(),
                                arguments,
                                Syntax.TABLESAMPLE,
                                position(node)));
                pushChildren(node, scope);
            }
            default -> {
                String special = specialFunction(node, name);
                if (special != null) {
                    found.functions.add(
                            new FunctionUse(
                                    null,
                                    special,
                                    FunctionUse.ANY_ARGUMENTS,
                                    Syntax.SPECIAL,
                                    position(node)));
                } else if (name.endsWith("Stmt")) {
                    nestedStatement(node);
                    return;
                }
                pushChildren(node, scope);
            }
        }
    }

    private void select(SyntaxNode select, Scope outer) {
        if (select.has("intoClause")) {
            SyntaxNode into = select.node("intoClause");
            SyntaxNode target = into == null ? null : into.node("rel");
            found.hazards.add(new Hazard(Kind.INTO, "INTO", target == null ? 0 : position(target)));
        }
        for (SyntaxNode lock : select.list("lockingClause")) {
            found.hazards.add(new Hazard(Kind.ROW_LOCK, lockName(lock), 0));
        }
        Scope scope =
                outer.withQuery(
                        new Scope.Query(
                                directRelations(select), SettingCalls.listedSetting(select)));
        SyntaxNode with = select.node("withClause");
        if (with != null) {
            scope = ctes(with, scope);
        }
        for (Object value : select.values()) {
            if (value instanceof SyntaxNode child && child != with) {
                push(child, scope);
            } else if (value instanceof NodeList list) {
                push(list.nodes(), scope);
            }
        }
    }

    /** Returns the relations a query's FROM names, joins followed and subqueries not. */
    private static Set<String> directRelations(SyntaxNode select) {
        Set<String> relations = new HashSet<>();
        ArrayDeque<SyntaxNode> ranges = new ArrayDeque<>();
        for (SyntaxNode range : select.list("fromClause")) {
            if (range != null) {
                ranges.push(range);
            }
        }
        for (SyntaxNode range = ranges.poll(); range != null; range = ranges.poll()) {
            switch (range.type().name()) {
                case "RangeVar" -> {
                    String name = range.text("relname");
                    if (name != null) {
                        relations.add(name);
                    }
                }
                case "RangeTableSample" -> pushIfPresent(range.node("relation"), ranges);
                case "JoinExpr" -> {
                    pushIfPresent(range.node("larg"), ranges);
                    pushIfPresent(range.node("rarg"), ranges);
                }
                default -> {}
            }
        }
        return relations;
    }

    private static void pushIfPresent(@Nullable SyntaxNode node, ArrayDeque<SyntaxNode> nodes) {
        if (node != null) {
            nodes.push(node);
        }
    }

    /** A CTE sees those before it, and with RECURSIVE all of its clause. */
    private Scope ctes(SyntaxNode with, Scope outer) {
        Scope scope = outer;
        boolean recursive = with.flag("recursive");
        if (recursive) {
            for (SyntaxNode cte : with.list("ctes")) {
                scope = named(cte, scope);
            }
        }
        for (SyntaxNode cte : with.list("ctes")) {
            if (cte != null) {
                pushChildren(cte, scope);
            }
            if (!recursive) {
                scope = named(cte, scope);
            }
        }
        return scope;
    }

    private Scope named(@Nullable SyntaxNode cte, Scope scope) {
        String name = cte == null ? null : cte.text("ctename");
        if (name == null) {
            return scope;
        }
        found.rangeNames.add(name);
        return scope.withCte(name);
    }

    private void relation(SyntaxNode range, Scope scope) {
        String schema = range.text("schemaname");
        String name = range.text("relname");
        if (name != null) {
            found.rangeNames.add(name);
            if (schema != null || !scope.holdsCte(name)) {
                found.relations.add(new RelationUse(schema, name, position(range)));
            }
        }
        SyntaxNode alias = range.node("alias");
        if (alias != null && name != null && !alias.list("colnames").isEmpty()) {
            found.wholeRelations.add(name);
        }
        push(alias, scope);
    }

    private void alias(SyntaxNode alias) {
        String name = alias.text("aliasname");
        if (name != null) {
            found.rangeNames.add(name);
        }
    }

    private void call(SyntaxNode call, Scope scope) {
        QualifiedName name = QualifiedName.of(call.list("funcname"));
        int arguments =
                call.flag("func_variadic") ? FunctionUse.ANY_ARGUMENTS : call.list("args").size();
        if (call.flag("agg_within_group")) {
            arguments = FunctionUse.ANY_ARGUMENTS;
        }
        FunctionUse function =
                new FunctionUse(name.schema(), name.name(), arguments, Syntax.CALL, position(call));
        found.functions.add(function);
        SettingUse setting = SettingCalls.read(function, call, scope.listedSetting());
        if (setting != null) {
            found.settings.add(setting);
        }
        pushChildren(call, scope);
    }

    private void cast(SyntaxNode cast, Scope scope) {
        SyntaxNode argument = cast.node("arg");
        SyntaxNode target = cast.node("typeName");
        if (target != null) {
            boolean input = Constants.isInput(argument);
            type(target, input ? CastUse.Source.LITERAL : CastUse.Source.EXPRESSION, scope);
        }
        push(argument, scope);
    }

    private void type(SyntaxNode type, CastUse.Source source, Scope scope) {
        QualifiedName name = QualifiedName.of(type.list("names"));
        found.casts.add(new CastUse(name.schema(), name.name(), source, position(type)));
        push(type.list("typmods"), scope);
    }

    private void column(SyntaxNode reference, Scope scope) {
        List<@Nullable SyntaxNode> fields = reference.list("fields");
        for (SyntaxNode field : fields) {
            if (field != null && field.is("A_Star")) {
                star(scope);
            }
        }
        SyntaxNode last = fields.isEmpty() ? null : fields.get(fields.size() - 1);
        if (last != null && last.is("String")) {
            String name = last.text("sval");
            found.columns.add(
                    new ColumnUse(
                            name == null ? "" : name, fields.size() > 1, position(reference)));
        }
    }

    private void star(Scope scope) {
        if (starred.add(scope)) {
            found.wholeRelations.addAll(scope.relations());
        }
    }

    /** {@code (expression).name}: a column, or a function of the expression. */
    private void indirection(SyntaxNode indirection) {
        int position = 0;
        SyntaxNode argument = indirection.node("arg");
        if (argument != null) {
            position = position(argument);
        }
        for (SyntaxNode part : indirection.list("indirection")) {
            if (part != null && part.is("String")) {
                String name = part.text("sval");
                found.columns.add(new ColumnUse(name == null ? "" : name, true, position));
            }
        }
    }

    private void constant(SyntaxNode constant) {
        SyntaxNode string = constant.node("sval");
        String text = string == null ? null : string.text("sval");
        if (text != null) {
            found.constant(text);
        }
    }

    private void operator(SyntaxNode expression) {
        String kind = expression.text("kind");
        boolean range =
                kind != null
                        && (kind.startsWith("AEXPR_BETWEEN")
                                || kind.startsWith("AEXPR_NOT_BETWEEN"));
        if (!range) {
            operators(expression.list("name"), expression);
        }
    }

    private void operators(List<@Nullable SyntaxNode> parts, SyntaxNode place) {
        if (!parts.isEmpty()) {
            QualifiedName name = QualifiedName.of(parts);
            found.operators.add(new OperatorUse(name.schema(), name.name(), position(place)));
        }
    }

    private void nestedStatement(SyntaxNode node) {
        RefusedTag refused = node.type().refused();
        if (refused == null) {
            found.hazards.add(new Hazard(Kind.NESTED_STATEMENT, node.type().name(), 0));
            return;
        }
        SyntaxNode target = refusedTarget(node);
        if (target != null) {
            relation(target, Scope.NONE);
        }
        found.hazards.add(
                new Hazard(
                        Kind.DATA_MODIFYING_CTE,
                        refused.command(),
                        target == null ? 0 : position(target)));
    }

    /**
     * Returns the relation that a statement which never passes is about, {@code null} if the schema
     * keeps none.
     */
    static @Nullable SyntaxNode refusedTarget(SyntaxNode statement) {
        return statement.type().find("relation") == null ? null : statement.node("relation");
    }

    private static String lockName(@Nullable SyntaxNode lock) {
        String strength = lock == null ? null : lock.text("strength");
        return switch (strength == null ? "" : strength) {
            case "LCS_FORKEYSHARE" -> "FOR KEY SHARE";
            case "LCS_FORSHARE" -> "FOR SHARE";
            case "LCS_FORNOKEYUPDATE" -> "FOR NO KEY UPDATE";
            default -> "FOR UPDATE";
        };
    }

    /**
     * Returns the function behind a node that is a call in a syntax of its own, {@code null} if the
     * node is no such thing.
     */
    private static @Nullable String specialFunction(SyntaxNode node, String name) {
        return switch (name) {
            case "SQLValueFunction" -> operation(node, "SVFOP_", "_N");
            case "XmlExpr" -> operation(node, "IS_", "");
            case "JsonFuncExpr" -> operation(node, "", "_OP");
            case "XmlSerialize" -> "xmlserialize";
            case "RangeTableFunc" -> "xmltable";
            case "GroupingFunc" -> "grouping";
            case "MergeSupportFunc" -> "merge_action";
            case "JsonTable" -> "json_table";
            case "JsonParseExpr" -> "json";
            case "JsonScalarExpr" -> "json_scalar";
            case "JsonSerializeExpr" -> "json_serialize";
            case "JsonObjectConstructor" -> "json_object";
            case "JsonArrayConstructor", "JsonArrayQueryConstructor" -> "json_array";
            case "JsonObjectAgg" -> "json_objectagg";
            case "JsonArrayAgg" -> "json_arrayagg";
            default -> null;
        };
    }

    private static String operation(SyntaxNode node, String prefix, String suffix) {
        String operation = node.text("op");
        if (operation == null) {
            return node.type().name();
        }
        int begin = operation.startsWith(prefix) ? prefix.length() : 0;
        int end =
                operation.endsWith(suffix)
                        ? operation.length() - suffix.length()
                        : operation.length();
        return operation.substring(begin, end).toLowerCase(Locale.ROOT);
    }

    private int position(SyntaxNode node) {
        return positions.character(node.location());
    }
}
