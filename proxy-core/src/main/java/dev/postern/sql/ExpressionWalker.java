package dev.postern.sql;

import dev.postern.sql.FunctionUse.Syntax;
import dev.postern.sql.Hazard.Kind;
import dev.postern.sql.RelationUse.ColumnRead;
import dev.postern.sql.SyntaxNode.NodeList;
import dev.postern.sql.SyntaxSchema.RefusedTag;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Walks queries and expressions, without recursion, and collects what they name. */
final class ExpressionWalker {

    /** How many nodes are visited between two looks at the thread's interrupt flag. */
    private static final int INTERRUPT_INTERVAL = 1024;

    private static final int WHOLE_QUERY = -2;

    private final FactsCollector found;
    private final FromClause from;
    private final ColumnReferences columns;
    private final OperatorCollector operators;
    private final ArrayDeque<Visit> pending = new ArrayDeque<>();
    private int visits;

    ExpressionWalker(FactsCollector found, ValueTypes types) {
        this.found = found;
        this.from = types.from();
        this.columns = new ColumnReferences(found, types);
        this.operators = new OperatorCollector(found);
    }

    /**
     * A node to visit.
     *
     * @param output the column of the whole query that this is about, {@link #WHOLE_QUERY} for the
     *     query itself, {@link ColumnRead#ANYWHERE} otherwise
     */
    private record Visit(SyntaxNode node, Scope scope, int output) {}

    /** Walks a query whose columns are those of the statement. */
    void walkQuery(SyntaxNode select) {
        walk(select, WHOLE_QUERY);
    }

    /** Walks a node and everything below it. */
    void walk(@Nullable SyntaxNode root) {
        walk(root, ColumnRead.ANYWHERE);
    }

    /** Ends early once the thread is interrupted: whoever reads the facts looks at that first. */
    private void walk(@Nullable SyntaxNode root, int output) {
        push(root, Scope.NONE, output);
        for (Visit next = pending.poll(); next != null; next = pending.poll()) {
            visit(next.node(), next.scope(), next.output());
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

    private void push(@Nullable SyntaxNode node, Scope scope, int output) {
        if (node != null) {
            pending.push(new Visit(node, scope, output));
        }
    }

    /** What comes first in the text is visited first. */
    private void push(List<@Nullable SyntaxNode> nodes, Scope scope, int output) {
        for (int i = nodes.size() - 1; i >= 0; i--) {
            push(nodes.get(i), scope, output);
        }
    }

    private void pushChildren(SyntaxNode node, Scope scope, int output) {
        for (Object value : node.values()) {
            if (value instanceof SyntaxNode child) {
                push(child, scope, output);
            } else if (value instanceof NodeList list) {
                push(list.nodes(), scope, output);
            }
        }
    }

    private void visit(SyntaxNode node, Scope scope, int output) {
        String name = node.type().name();
        switch (name) {
            case "SelectStmt" -> select(node, scope, output);
            case "RangeVar" -> relation(node, scope);
            case "RangeSubselect" ->
                    push(node.node("subquery"), FromClause.aroundSubquery(node, scope), output);
            case "JoinExpr" -> join(node, scope, output);
            case "FuncCall" -> call(node, scope, output);
            case "TypeCast" -> cast(node, scope, output);
            case "TypeName" -> type(node, CastUse.Source.LITERAL, null, scope, output);
            case "ColumnRef" -> columns.read(node, scope, position(node), output);
            case "A_Const" -> constant(node);
            case "A_Expr" -> {
                operators.expression(node, scope);
                pushChildren(node, scope, output);
            }
            case "SubLink" -> {
                operators.subLink(node, scope);
                pushChildren(node, scope, output);
            }
            case "CaseExpr" -> {
                operators.caseOperand(node, scope);
                pushChildren(node, scope, output);
            }
            case "SortBy" -> {
                operators.sorting(node, scope);
                pushChildren(node, scope, output);
            }
            case "A_Indirection" -> {
                columns.fields(node, scope);
                pushChildren(node, scope, output);
            }
            case "RangeTableSample" -> {
                QualifiedName method = QualifiedName.of(node.list("method"));
                found.uses.add(
                        new PendingUse.Call(
                                method.schema(),
                                method.name(),
                                FunctionUse.ANY_ARGUMENTS,
                                Syntax.TABLESAMPLE,
                                position(node),
                                List.of(),
                                ValueType.UNKNOWN,
                                scope));
                pushChildren(node, scope, output);
            }
            default -> {
                String special = specialFunction(node, name);
                if (special != null) {
                    found.uses.add(
                            new PendingUse.Call(
                                    null,
                                    special,
                                    FunctionUse.ANY_ARGUMENTS,
                                    Syntax.SPECIAL,
                                    position(node),
                                    List.of(),
                                    ValueType.UNKNOWN,
                                    scope));
                } else if (name.endsWith("Stmt")) {
                    nestedStatement(node);
                    return;
                }
                pushChildren(node, scope, output);
            }
        }
    }

    private void select(SyntaxNode select, Scope outer, int output) {
        if (select.has("intoClause")) {
            SyntaxNode into = select.node("intoClause");
            SyntaxNode target = into == null ? null : into.node("rel");
            found.hazards.add(new Hazard(Kind.INTO, "INTO", target == null ? 0 : position(target)));
        }
        for (SyntaxNode lock : select.list("lockingClause")) {
            found.hazards.add(new Hazard(Kind.ROW_LOCK, lockName(lock), 0));
        }
        Scope scope = from.inside(select, outer);
        boolean whole = output == WHOLE_QUERY;
        int elsewhere = whole ? ColumnRead.ANYWHERE : output;
        for (Object value : select.values()) {
            if (value instanceof SyntaxNode child && !child.is("WithClause")) {
                // INTERSECT and EXCEPT compare, and UNION without ALL does.
                boolean arm =
                        whole
                                && child.is("SelectStmt")
                                && select.flag("all")
                                && "SETOP_UNION".equals(select.text("op"));
                push(child, scope, arm ? WHOLE_QUERY : elsewhere);
            }
        }
        SyntaxNode with = select.node("withClause");
        for (SyntaxNode cte : with == null ? List.<@Nullable SyntaxNode>of() : with.list("ctes")) {
            if (cte != null) {
                pushChildren(cte, from.insideCte(cte, outer), ColumnRead.ANYWHERE);
            }
        }
        Scope sideways = scope.uncertain();
        push(select.list("windowClause"), scope, elsewhere);
        push(select.list("sortClause"), scope, elsewhere);
        push(select.list("distinctClause"), scope, elsewhere);
        push(select.list("groupClause"), scope, elsewhere);
        push(select.list("valuesLists"), scope, elsewhere);
        push(select.list("fromClause"), sideways, elsewhere);
        targets(select, scope, output);
    }

    /** The list of what a query shows; DISTINCT makes each of its columns decide about the rows. */
    private void targets(SyntaxNode select, Scope scope, int output) {
        List<@Nullable SyntaxNode> targets = select.list("targetList");
        boolean numbered = output == WHOLE_QUERY && !select.has("distinctClause");
        int otherwise = output == WHOLE_QUERY ? ColumnRead.ANYWHERE : output;
        int stars = targets.size();
        for (int i = 0; numbered && i < targets.size(); i++) {
            if (isStar(targets.get(i))) {
                stars = i;
                break;
            }
        }
        for (int i = targets.size() - 1; i >= 0; i--) {
            push(targets.get(i), scope, numbered && i < stars ? i : otherwise);
        }
    }

    private static boolean isStar(@Nullable SyntaxNode target) {
        SyntaxNode value = target == null || !target.is("ResTarget") ? null : target.node("val");
        return value != null && OutputColumns.isStar(value);
    }

    /** A relation that stands outside of FROM, or in it, where it has been noted already. */
    private void relation(SyntaxNode range, Scope scope) {
        Ranges ranges = scope.innermost();
        if (ranges == null || ranges.of(range) == null) {
            found.relation(range);
        }
    }

    /** Notes a relation all of which is read. */
    void copied(@Nullable SyntaxNode range, List<String> columns) {
        if (range == null) {
            return;
        }
        FactsCollector.FoundRelation relation = found.relation(range);
        if (columns.isEmpty()) {
            relation.reads().add(ColumnRead.ALL, position(range), ColumnRead.ANYWHERE);
        }
        for (String column : columns) {
            relation.reads().add(column, position(range), ColumnRead.ANYWHERE);
        }
    }

    private void join(SyntaxNode join, Scope scope, int output) {
        Ranges ranges = scope.innermost();
        if (ranges != null) {
            columns.join(join, ranges, join.list("usingClause"));
        }
        if (join.flag("isNatural")) {
            // What is not known of its sides may be compared as well.
            operators.anyEquality(join, scope);
        }
        push(join.node("quals"), scope, output);
        push(join.node("rarg"), scope, output);
        push(join.node("larg"), scope, output);
    }

    private void call(SyntaxNode call, Scope scope, int output) {
        QualifiedName name = QualifiedName.of(call.list("funcname"));
        List<@Nullable SyntaxNode> arguments = call.list("args");
        boolean anyNumber = call.flag("func_variadic") || call.flag("agg_within_group");
        boolean named = false;
        for (SyntaxNode argument : arguments) {
            named |= argument != null && argument.is("NamedArgExpr");
        }
        int count = anyNumber ? FunctionUse.ANY_ARGUMENTS : arguments.size();
        if (count > 1 && isUnnest(name)) {
            // In FROM it stands for several calls with one argument each.
            count = 1;
            anyNumber = true;
        }
        found.uses.add(
                new PendingUse.Call(
                        name.schema(),
                        name.name(),
                        count,
                        Syntax.CALL,
                        position(call),
                        anyNumber || named ? List.of() : arguments,
                        ValueType.UNKNOWN,
                        scope));
        SettingUse setting =
                SettingCalls.read(name, arguments, scope.listedSetting(), position(call));
        if (setting != null) {
            found.settings.add(setting);
        }
        pushChildren(call, scope, output);
    }

    private static boolean isUnnest(QualifiedName name) {
        return name.name().equals("unnest")
                && (name.schema() == null || name.schema().equals("pg_catalog"));
    }

    private void cast(SyntaxNode cast, Scope scope, int output) {
        SyntaxNode argument = cast.node("arg");
        SyntaxNode target = cast.node("typeName");
        if (target != null) {
            boolean input = Constants.isInput(argument);
            type(
                    target,
                    input ? CastUse.Source.LITERAL : CastUse.Source.EXPRESSION,
                    argument,
                    scope,
                    output);
        }
        push(argument, scope, output);
    }

    private void type(
            SyntaxNode type,
            CastUse.Source source,
            @Nullable SyntaxNode operand,
            Scope scope,
            int output) {
        QualifiedName name = QualifiedName.of(type.list("names"));
        found.uses.add(
                new PendingUse.Conversion(
                        name.schema(), name.name(), source, position(type), operand, scope));
        push(type.list("typmods"), scope, output);
    }

    private void constant(SyntaxNode constant) {
        SyntaxNode string = constant.node("sval");
        String text = string == null ? null : string.text("sval");
        if (text != null) {
            found.constant(text);
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
            found.relation(target);
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
        return found.position(node);
    }
}
