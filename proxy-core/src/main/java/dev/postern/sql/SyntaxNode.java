package dev.postern.sql;

import dev.postern.sql.SyntaxSchema.NodeType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node of a raw parse tree. Fields that PostgreSQL leaves out (null, false, zero) are absent.
 */
final class SyntaxNode {

    private final NodeType type;
    private final @Nullable Object[] values;

    SyntaxNode(NodeType type) {
        this.type = type;
        this.values = new @Nullable Object[type.size()];
    }

    NodeType type() {
        return type;
    }

    boolean is(String name) {
        return type.name().equals(name);
    }

    void set(int index, Object value) {
        values[index] = value;
    }

    /**
     * Returns what the fields hold: {@link SyntaxNode}, {@link NodeList}, String, Long, Boolean,
     * {@code null}.
     */
    @Nullable Object[] values() {
        return values;
    }

    @Nullable SyntaxNode node(String field) {
        return values[type.indexOf(field)] instanceof SyntaxNode node ? node : null;
    }

    List<@Nullable SyntaxNode> list(String field) {
        return values[type.indexOf(field)] instanceof NodeList list ? list.nodes() : List.of();
    }

    boolean has(String field) {
        return values[type.indexOf(field)] != null;
    }

    @Nullable String text(String field) {
        return values[type.indexOf(field)] instanceof String text ? text : null;
    }

    /** Returns a number, 0 if absent. */
    long number(String field) {
        return values[type.indexOf(field)] instanceof Long number ? number : 0;
    }

    boolean flag(String field) {
        return Boolean.TRUE.equals(values[type.indexOf(field)]);
    }

    /** Returns the byte offset the node stands at, -1 if it has none. */
    int location() {
        SyntaxSchema.Field field = type.find("location");
        if (field == null) {
            return -1;
        }
        return values[field.index()] instanceof Long offset ? Math.toIntExact(offset) : 0;
    }

    /** A list of nodes; an element is {@code null} where the tree has an empty place. */
    record NodeList(List<@Nullable SyntaxNode> nodes) {}
}
