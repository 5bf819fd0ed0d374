package dev.postern.sql;

import dev.postern.sql.Statement.CheckQuestion;
import dev.postern.sql.Statement.Question;
import dev.postern.sql.Statement.ShowQuestion;
import dev.postern.sql.Statement.Subject;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes the questions that Postern answers itself. Each has one form, with nothing else in it;
 * what only resembles one is an ordinary statement.
 */
final class QuestionReader {

    private static final String SCHEMA = "postern";
    private static final String CHECK = "check";

    private QuestionReader() {}

    /** Returns the question that a statement is, {@code null} if it is none. */
    static @Nullable Question read(SyntaxNode statement) {
        return switch (statement.type().name()) {
            case "VariableShowStmt" -> show(statement);
            case "SelectStmt" -> select(statement);
            default -> null;
        };
    }

    private static @Nullable Question show(SyntaxNode statement) {
        String name = statement.text("name");
        return switch (name == null ? "" : name.toLowerCase(Locale.ROOT)) {
            case SCHEMA + ".policy" -> new ShowQuestion(Subject.POLICY);
            case SCHEMA + ".agent" -> new ShowQuestion(Subject.AGENT);
            default -> null;
        };
    }

    private static @Nullable Question select(SyntaxNode select) {
        SyntaxNode target = only(select.list("targetList"));
        if (target == null || !target.is("ResTarget") || !holdsOnly(target, "name", "val")) {
            return null;
        }
        SyntaxNode value = target.node("val");
        if (value == null) {
            return null;
        }
        if (value.is("FuncCall")) {
            String column = target.text("name");
            Question question = check(value, column == null ? CHECK : column);
            return question != null && holdsOnly(select, "targetList") ? question : null;
        }
        if (!isStar(value) || target.has("name")) {
            return null;
        }
        Question question = check(calledInFrom(only(select.list("fromClause"))), null);
        return question != null && holdsOnly(select, "targetList", "fromClause") ? question : null;
    }

    private static @Nullable Question check(@Nullable SyntaxNode call, @Nullable String column) {
        if (call == null
                || !call.is("FuncCall")
                || !isCheck(call)
                || !holdsOnly(call, "funcname", "args", "funcformat")) {
            return null;
        }
        SyntaxNode argument = only(call.list("args"));
        if (argument == null) {
            return null;
        }
        SyntaxNode inner = Constants.behindTextCasts(argument);
        if (inner == null) {
            return null;
        }
        if (inner.is("ParamRef")) {
            return inner.number("number") == 1 ? new CheckQuestion(null, column) : null;
        }
        return inner.is("A_Const") && inner.has("sval")
                ? new CheckQuestion(Constants.text(inner), column)
                : null;
    }

    /** Tells whether a call has exactly the two parts {@code postern.check}. */
    private static boolean isCheck(SyntaxNode call) {
        List<@Nullable SyntaxNode> parts = call.list("funcname");
        QualifiedName name = QualifiedName.of(parts);
        return parts.size() == 2 && SCHEMA.equals(name.schema()) && CHECK.equals(name.name());
    }

    private static boolean isStar(SyntaxNode value) {
        SyntaxNode field = value.is("ColumnRef") ? only(value.list("fields")) : null;
        return field != null && field.is("A_Star");
    }

    /** Returns the one call of {@code FROM f(…)}, with or without an alias for it. */
    private static @Nullable SyntaxNode calledInFrom(@Nullable SyntaxNode range) {
        if (range == null
                || !range.is("RangeFunction")
                || !holdsOnly(range, "functions", "alias")) {
            return null;
        }
        SyntaxNode alias = range.node("alias");
        if (alias != null && !alias.list("colnames").isEmpty()) {
            return null;
        }
        // Each function stands in a list of its own, with its column definitions behind it.
        SyntaxNode function = only(range.list("functions"));
        if (function == null || !function.is("List")) {
            return null;
        }
        List<@Nullable SyntaxNode> items = function.list("items");
        return !items.isEmpty() && items.stream().skip(1).allMatch(item -> item == null)
                ? items.get(0)
                : null;
    }

    private static @Nullable SyntaxNode only(List<@Nullable SyntaxNode> nodes) {
        return nodes.size() == 1 ? nodes.get(0) : null;
    }

    /** Tells whether nothing is set in a node but these fields, its place and plain defaults. */
    private static boolean holdsOnly(SyntaxNode node, String... fields) {
        Set<String> allowed = Set.of(fields);
        for (String field : node.type().fields()) {
            if (node.has(field) && !allowed.contains(field) && !isDefault(node, field)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDefault(SyntaxNode node, String field) {
        return switch (field) {
            case "location" -> true;
            case "op" -> "SETOP_NONE".equals(node.text(field));
            case "limitOption" -> "LIMIT_OPTION_DEFAULT".equals(node.text(field));
            default -> false;
        };
    }
}
