package dev.postern.sql;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The items of one query's FROM clause: those that can be named in it, and those that its nodes
 * stand for.
 */
final class Ranges {

    private final @Nullable String listedSetting;
    private final List<Range> visible = new ArrayList<>();
    private final List<Range> all = new ArrayList<>();
    private final IdentityHashMap<SyntaxNode, Range> byNode = new IdentityHashMap<>();

    /**
     * Makes an empty one.
     *
     * @param listedSetting what {@code pg_settings.name} is bound to by the query's WHERE, {@code
     *     null} if to nothing
     */
    Ranges(@Nullable String listedSetting) {
        this.listedSetting = listedSetting;
    }

    @Nullable String listedSetting() {
        return listedSetting;
    }

    /**
     * Adds an item.
     *
     * @param hidden whether a join under a name of its own hides it
     */
    void add(SyntaxNode node, Range range, boolean hidden) {
        byNode.put(node, range);
        all.add(range);
        if (!hidden) {
            visible.add(range);
        }
    }

    /** Adds an item that no node stands for. */
    void add(Range range) {
        all.add(range);
        visible.add(range);
    }

    /** Returns the items, those among them that a join hides from all but its own conditions. */
    List<Range> all() {
        return all;
    }

    /** Returns the items that can be named. */
    List<Range> visible() {
        return visible;
    }

    /** Returns the item that a node stands for, {@code null} if there is none. */
    @Nullable Range of(SyntaxNode node) {
        return byNode.get(node);
    }
}
