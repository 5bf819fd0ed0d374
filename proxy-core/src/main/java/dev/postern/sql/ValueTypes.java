package dev.postern.sql;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.Column;
import dev.postern.catalog.Names;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.catalog.Type;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out the types of expressions, as far as that is plain. What is not plain is {@link
 * ValueType#UNKNOWN}; nothing is guessed, since what is told here decides which functions a name
 * cannot mean.
 */
final class ValueTypes {

    /** How deep an expression is followed. */
    private static final int MAX_DEPTH = 24;

    private static final int NOWHERE = -2;
    private static final int UNCLEAR = -3;

    /** Kinds of A_Expr whose value is true or false, or nothing at all. */
    private static final Set<String> TRUTHS =
            Set.of(
                    "AEXPR_OP_ANY",
                    "AEXPR_OP_ALL",
                    "AEXPR_DISTINCT",
                    "AEXPR_NOT_DISTINCT",
                    "AEXPR_IN",
                    "AEXPR_LIKE",
                    "AEXPR_ILIKE",
                    "AEXPR_SIMILAR",
                    "AEXPR_BETWEEN",
                    "AEXPR_NOT_BETWEEN",
                    "AEXPR_BETWEEN_SYM",
                    "AEXPR_NOT_BETWEEN_SYM");

    private final FactsCollector found;
    private final Names names;
    private final Catalog catalog;
    private final Candidates candidates;
    private final FromClause from;
    private final IdentityHashMap<SyntaxNode, Integer> known = new IdentityHashMap<>();

    ValueTypes(FactsCollector found) {
        this.found = found;
        this.names = found.names();
        this.catalog = names.catalog();
        this.candidates = new Candidates(catalog);
        this.from = new FromClause(found, this);
    }

    /** Returns what finds out the FROM clauses' items. */
    FromClause from() {
        return from;
    }

    Candidates candidates() {
        return candidates;
    }

    /** Returns an expression's type. */
    int of(@Nullable SyntaxNode node, Scope scope) {
        return catalog.isKnown() ? of(node, scope, 0) : ValueType.UNKNOWN;
    }

    /** Returns the types of a call's arguments. */
    int[] ofAll(List<@Nullable SyntaxNode> nodes, Scope scope) {
        int[] types = new int[nodes.size()];
        for (int i = 0; i < types.length; i++) {
            types[i] = of(nodes.get(i), scope);
        }
        return types;
    }

    private int of(@Nullable SyntaxNode node, Scope scope, int depth) {
        if (node == null || depth > MAX_DEPTH) {
            return ValueType.UNKNOWN;
        }
        return switch (node.type().name()) {
            case "A_Const" -> constant(node);
            case "TypeCast" -> found.typeOid(node.node("typeName"));
            case "CollateClause" -> of(node.node("arg"), scope, depth + 1);
            case "ColumnRef" -> column(node, scope);
            case "BoolExpr", "NullTest", "BooleanTest" -> ValueType.BOOLEAN;
            case "A_Expr", "FuncCall" -> remembered(node, scope, depth);
            case "SubLink" -> subLink(node, scope);
            case "CaseExpr" -> caseType(node, scope, depth);
            case "CoalesceExpr", "MinMaxExpr" -> common(node.list("args"), scope, depth);
            case "A_Indirection" -> indirection(node, scope, depth);
            // Rows among them: operators apply to their parts, each by its own type.
            default -> ValueType.UNKNOWN;
        };
    }

    private int remembered(SyntaxNode node, Scope scope, int depth) {
        Integer before = known.get(node);
        if (before != null) {
            return before;
        }
        int type = node.is("FuncCall") ? call(node, scope, depth) : operation(node, scope, depth);
        if (type != ValueType.UNKNOWN || depth == 0) {
            known.put(node, type);
        }
        return type;
    }

    private static int constant(SyntaxNode constant) {
        if (constant.has("sval") || constant.flag("isnull")) {
            return ValueType.LITERAL;
        }
        if (constant.has("ival")) {
            return ValueType.WHOLE_NUMBER;
        }
        SyntaxNode number = constant.node("fval");
        String digits = number == null ? null : number.text("fval");
        if (digits != null) {
            return digits.chars().allMatch(c -> c >= '0' && c <= '9')
                    ? ValueType.WHOLE_NUMBER
                    : ValueType.NUMERIC;
        }
        if (constant.has("boolval")) {
            return ValueType.BOOLEAN;
        }
        return constant.has("bsval") ? ValueType.UNKNOWN : ValueType.WHOLE_NUMBER;
    }

    /** A column's type, where one item of FROM surely has it. */
    private static int column(SyntaxNode reference, Scope place) {
        List<@Nullable SyntaxNode> fields = reference.list("fields");
        int size = fields.size();
        SyntaxNode last = size == 0 ? null : fields.get(size - 1);
        String name = last != null && last.is("String") ? last.text("sval") : null;
        if (name == null || size > 3) {
            return ValueType.UNKNOWN;
        }
        QualifiedName of = size == 1 ? null : QualifiedName.of(fields.subList(0, size - 1));
        int type = ValueType.UNKNOWN;
        for (Scope scope = place; scope != null; scope = scope.outer()) {
            int here = columnAt(of, name, scope);
            if (here == UNCLEAR || (here != NOWHERE && type > 0 && here != type)) {
                return ValueType.UNKNOWN;
            }
            if (here != NOWHERE) {
                type = here;
                if (scope.certain()) {
                    return type;
                }
            }
        }
        return type == ValueType.UNKNOWN && of == null ? row(name, place) : type;
    }

    /** Returns a column's type as one query binds it, {@link #NOWHERE} or {@link #UNCLEAR}. */
    private static int columnAt(@Nullable QualifiedName of, String name, Scope scope) {
        Range with = null;
        for (Range range : scope.nameable()) {
            if (of != null && !range.isCalled(of.schema(), of.name())) {
                continue;
            }
            switch (range.has(name)) {
                case YES -> {
                    if (with != null) {
                        return UNCLEAR;
                    }
                    with = range;
                }
                case MAYBE -> {
                    return UNCLEAR;
                }
                case NO -> {}
            }
        }
        if (with == null) {
            return NOWHERE;
        }
        int type = with.typeOf(name);
        return type == ValueType.UNKNOWN ? UNCLEAR : type;
    }

    /** A whole row, {@code t}. */
    private static int row(String name, Scope place) {
        for (Scope scope = place; scope != null; scope = scope.outer()) {
            for (Range range : scope.nameable()) {
                if (range.isCalled(null, name)) {
                    return range.rowType();
                }
            }
        }
        return ValueType.UNKNOWN;
    }

    private int call(SyntaxNode call, Scope scope, int depth) {
        QualifiedName name = QualifiedName.of(call.list("funcname"));
        List<@Nullable SyntaxNode> nodes = call.list("args");
        if (call.flag("func_variadic") || call.flag("agg_within_group")) {
            return ValueType.UNKNOWN;
        }
        List<Routine> all = names.routines(name.schema(), name.name(), nodes.size());
        if (all.isEmpty() || nodes.stream().anyMatch(n -> n == null || n.is("NamedArgExpr"))) {
            return ValueType.UNKNOWN;
        }
        List<Routine> meant = all;
        if (!sameResult(all)) {
            int[] types = new int[nodes.size()];
            for (int i = 0; i < types.length; i++) {
                types[i] = of(nodes.get(i), scope, depth + 1);
            }
            meant = candidates.fitting(all, types);
        }
        return meant.isEmpty() || !sameResult(meant) ? ValueType.UNKNOWN : result(meant.get(0));
    }

    private static boolean sameResult(List<Routine> routines) {
        int result = routines.get(0).result();
        for (Routine routine : routines) {
            if (routine.result() != result) {
                return false;
            }
        }
        return true;
    }

    private int result(Routine routine) {
        return plain(routine.result());
    }

    /** A result of a polymorphic type depends on the arguments. */
    private int plain(int oid) {
        Type type = catalog.type(oid);
        return type == null || (type.kind() == Type.Kind.PSEUDO && oid != ValueType.RECORD)
                ? ValueType.UNKNOWN
                : oid;
    }

    private int operation(SyntaxNode expression, Scope scope, int depth) {
        String kind = expression.text("kind");
        if (kind == null || kind.equals("AEXPR_NULLIF")) {
            return ValueType.UNKNOWN;
        }
        if (TRUTHS.contains(kind)) {
            return ValueType.BOOLEAN;
        }
        QualifiedName name = QualifiedName.of(expression.list("name"));
        SyntaxNode left = expression.node("lexpr");
        List<Operator> all = names.operators(name.schema(), name.name());
        int leftType = of(left, scope, depth + 1);
        int rightType = of(expression.node("rexpr"), scope, depth + 1);
        List<Operator> meant = candidates.fitting(all, left == null, leftType, rightType);
        int result = meant.isEmpty() ? ValueType.UNKNOWN : meant.get(0).result();
        for (Operator operator : meant) {
            if (operator.result() != result) {
                return ValueType.UNKNOWN;
            }
        }
        return plain(result);
    }

    private int subLink(SyntaxNode link, Scope scope) {
        String kind = link.text("subLinkType");
        if (!"EXPR_SUBLINK".equals(kind)) {
            return "ARRAY_SUBLINK".equals(kind) ? ValueType.UNKNOWN : ValueType.BOOLEAN;
        }
        List<Column> columns = from.columns(link.node("subselect"), scope).columns();
        return columns.size() == 1 ? columns.get(0).type() : ValueType.UNKNOWN;
    }

    private int caseType(SyntaxNode expression, Scope scope, int depth) {
        int type = of(expression.node("defresult"), scope, depth + 1);
        if (!expression.has("defresult")) {
            type = ValueType.LITERAL;
        }
        for (SyntaxNode when : expression.list("args")) {
            SyntaxNode result = when == null ? null : when.node("result");
            type = common(type, of(result, scope, depth + 1));
        }
        return type == ValueType.LITERAL ? ValueType.UNKNOWN : type;
    }

    private int common(List<@Nullable SyntaxNode> nodes, Scope scope, int depth) {
        int type = ValueType.LITERAL;
        for (SyntaxNode node : nodes) {
            type = common(type, of(node, scope, depth + 1));
        }
        return type == ValueType.LITERAL ? ValueType.UNKNOWN : type;
    }

    private static int common(int a, int b) {
        if (a == ValueType.LITERAL) {
            return b;
        }
        return b == ValueType.LITERAL || a == b ? a : ValueType.UNKNOWN;
    }

    private int indirection(SyntaxNode indirection, Scope scope, int depth) {
        int type = of(indirection.node("arg"), scope, depth + 1);
        for (SyntaxNode part : indirection.list("indirection")) {
            if (type <= 0 || part == null) {
                return ValueType.UNKNOWN;
            }
            type = part.is("String") ? field(type, part.text("sval")) : ValueType.UNKNOWN;
        }
        return type;
    }

    /** Returns the type of a field of a composite type, {@link ValueType#UNKNOWN} if none. */
    int field(int composite, @Nullable String name) {
        Column column = fieldOf(composite, name);
        return column == null ? ValueType.UNKNOWN : column.type();
    }

    /** Returns a field of a composite type, {@code null} if there is none. */
    @Nullable Column fieldOf(int composite, @Nullable String name) {
        Type type = catalog.type(composite);
        for (int depth = 0; type != null && type.kind() == Type.Kind.DOMAIN && depth < 8; depth++) {
            type = catalog.type(type.base());
        }
        if (type == null || name == null) {
            return null;
        }
        for (Column column : fields(type)) {
            if (column.name().equals(name)) {
                return column;
            }
        }
        return null;
    }

    private List<Column> fields(Type type) {
        if (!type.fields().isEmpty()) {
            return type.fields();
        }
        Relation relation = type.relation() == 0 ? null : catalog.relation(type.relation());
        return relation == null ? List.of() : relation.columns();
    }
}
