package dev.postern.sql;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Questions about constant expressions. */
final class Constants {

    /** Types whose input function hands a literal on as it is. */
    private static final Set<String> TEXT_TYPES =
            Set.of("text", "varchar", "bpchar", "name", "unknown");

    /** How far a literal is followed through rows, arrays and casts to text. */
    private static final int MAX_DEPTH = 8;

    private Constants() {}

    /**
     * Returns the text of a string or number constant, also behind a cast to a text type; {@code
     * null} for all else.
     */
    static @Nullable String text(@Nullable SyntaxNode node) {
        SyntaxNode inner = behindTextCasts(node);
        if (inner == null || !inner.is("A_Const")) {
            return null;
        }
        SyntaxNode string = inner.node("sval");
        if (string != null) {
            String value = string.text("sval");
            return value == null ? "" : value;
        }
        SyntaxNode integer = inner.node("ival");
        if (integer != null) {
            return Long.toString(integer.number("ival"));
        }
        SyntaxNode number = inner.node("fval");
        if (number != null) {
            return number.text("fval");
        }
        SyntaxNode bool = inner.node("boolval");
        return bool == null ? null : Boolean.toString(bool.flag("boolval"));
    }

    /** Returns what casts to text types are made of; {@code null} if one is to another type. */
    static @Nullable SyntaxNode behindTextCasts(@Nullable SyntaxNode node) {
        SyntaxNode inner = node;
        for (int depth = 0; depth < MAX_DEPTH && inner != null && inner.is("TypeCast"); depth++) {
            inner = isTextType(inner.node("typeName")) ? inner.node("arg") : null;
        }
        return inner;
    }

    /** Tells whether an expression is NULL, also behind casts. */
    static boolean isNull(@Nullable SyntaxNode node) {
        SyntaxNode inner = node;
        for (int depth = 0; depth < MAX_DEPTH && inner != null && inner.is("TypeCast"); depth++) {
            inner = inner.node("arg");
        }
        return inner != null && inner.is("A_Const") && inner.flag("isnull");
    }

    /**
     * Tells whether a type's input function, and no cast function, is what reads this expression:
     * string literals, NULL, parameters, and rows and arrays of such.
     */
    static boolean isInput(@Nullable SyntaxNode node) {
        return isInput(node, 0);
    }

    private static boolean isInput(@Nullable SyntaxNode node, int depth) {
        if (node == null || depth > MAX_DEPTH) {
            return false;
        }
        return switch (node.type().name()) {
            case "A_Const" -> node.has("sval") || node.flag("isnull");
            case "ParamRef" -> true;
            case "A_ArrayExpr" -> allInput(node.list("elements"), depth, false);
            case "RowExpr" -> allInput(node.list("args"), depth, true);
            case "TypeCast" ->
                    isTextType(node.node("typeName")) && isInput(node.node("arg"), depth + 1);
            default -> false;
        };
    }

    private static boolean allInput(
            List<@Nullable SyntaxNode> nodes, int depth, boolean anyConstant) {
        for (SyntaxNode node : nodes) {
            boolean constant = anyConstant && node != null && node.is("A_Const");
            if (!constant && !isInput(node, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTextType(@Nullable SyntaxNode typeName) {
        if (typeName == null) {
            return false;
        }
        QualifiedName name = QualifiedName.of(typeName.list("names"));
        return (name.schema() == null || name.schema().equals("pg_catalog"))
                && TEXT_TYPES.contains(name.name());
    }
}
