package dev.postern.sql;

import dev.postern.catalog.Column;
import dev.postern.sql.Range.Columns;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells which columns a query gives, by PostgreSQL's rules for names that the text leaves out. */
final class OutputColumns {

    /** How far an expression is followed for the name that it gives its column. */
    private static final int MAX_DEPTH = 16;

    private static final String NAMELESS = "?column?";

    private final FromClause from;
    private final ValueTypes types;

    OutputColumns(FromClause from, ValueTypes types) {
        this.from = from;
        this.types = types;
    }

    /** Returns the columns of a SelectStmt. */
    Columns of(SyntaxNode select, Scope outer) {
        SyntaxNode first = select;
        Scope scope = from.inside(select, outer);
        for (SyntaxNode left = first.node("larg"); left != null; left = left.node("larg")) {
            first = left;
            scope = from.inside(left, scope);
        }
        boolean combined = first != select;
        List<@Nullable SyntaxNode> values = first.list("valuesLists");
        if (!values.isEmpty()) {
            return values(values.get(0));
        }
        List<Column> columns = new ArrayList<>();
        boolean complete = true;
        for (SyntaxNode target : first.list("targetList")) {
            SyntaxNode value = target == null ? null : target.node("val");
            if (target == null || value == null) {
                return Columns.NONE_KNOWN;
            }
            if (isStar(value)) {
                complete &= expand(value, scope, columns);
                continue;
            }
            String name = target.text("name");
            String shown = name == null ? name(value, 0) : name;
            if (shown == null) {
                complete = false;
            } else {
                // The arms of UNION and its like settle on a type together.
                int type = combined ? ValueType.UNKNOWN : types.of(value, scope);
                columns.add(new Column(shown, settled(type)));
            }
        }
        return new Columns(columns, complete);
    }

    /** What a query hands out has a type: literals without one are text by then. */
    private static int settled(int type) {
        return switch (type) {
            case ValueType.LITERAL -> ValueType.TEXT;
            case ValueType.WHOLE_NUMBER -> ValueType.UNKNOWN;
            default -> type;
        };
    }

    private static Columns values(@Nullable SyntaxNode row) {
        if (row == null || !row.is("List")) {
            return Columns.NONE_KNOWN;
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 1; i <= row.list("items").size(); i++) {
            columns.add(new Column("column" + i, ValueType.UNKNOWN));
        }
        return new Columns(columns, true);
    }

    /** Tells whether an entry of a target list stands for any number of columns. */
    static boolean isStar(SyntaxNode value) {
        List<@Nullable SyntaxNode> parts;
        if (value.is("ColumnRef")) {
            parts = value.list("fields");
        } else if (value.is("A_Indirection")) {
            parts = value.list("indirection");
        } else {
            return false;
        }
        SyntaxNode last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
        return last != null && last.is("A_Star");
    }

    /** Adds what {@code *} and {@code t.*} stand for; tells whether that is all known. */
    private static boolean expand(SyntaxNode star, Scope scope, List<Column> columns) {
        Ranges ranges = scope.innermost();
        if (ranges == null || !star.is("ColumnRef")) {
            return false;
        }
        List<@Nullable SyntaxNode> fields = star.list("fields");
        boolean complete = true;
        boolean any = false;
        QualifiedName of =
                fields.size() == 1 ? null : QualifiedName.of(fields.subList(0, fields.size() - 1));
        for (Range range : ranges.visible()) {
            if (of == null || range.isCalled(of.schema(), of.name())) {
                Columns known = range.columns();
                columns.addAll(known.columns());
                complete &= known.complete();
                any = true;
            }
        }
        return complete && any;
    }

    /**
     * Returns the name that PostgreSQL gives a column without AS, {@code null} if it is not one of
     * the plain cases.
     */
    private @Nullable String name(SyntaxNode value, int depth) {
        if (depth > MAX_DEPTH) {
            return null;
        }
        return switch (value.type().name()) {
            case "ColumnRef" -> lastString(value.list("fields"));
            case "A_Indirection" -> lastString(value.list("indirection"));
            case "FuncCall" -> QualifiedName.of(value.list("funcname")).name();
            case "CollateClause" -> nameOf(value.node("arg"), depth);
            case "TypeCast" -> cast(value, depth);
            case "A_Expr" -> "AEXPR_NULLIF".equals(value.text("kind")) ? "nullif" : NAMELESS;
            case "A_Const", "BoolExpr", "NullTest", "BooleanTest", "ParamRef" -> NAMELESS;
            case "CoalesceExpr" -> "coalesce";
            default -> null;
        };
    }

    private @Nullable String nameOf(@Nullable SyntaxNode value, int depth) {
        return value == null ? null : name(value, depth + 1);
    }

    private @Nullable String cast(SyntaxNode cast, int depth) {
        String inner = nameOf(cast.node("arg"), depth);
        if (inner != null && !inner.equals(NAMELESS)) {
            return inner;
        }
        SyntaxNode type = cast.node("typeName");
        return inner == null || type == null ? null : QualifiedName.of(type.list("names")).name();
    }

    private static @Nullable String lastString(List<@Nullable SyntaxNode> parts) {
        SyntaxNode last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
        return last != null && last.is("String") ? last.text("sval") : null;
    }
}
