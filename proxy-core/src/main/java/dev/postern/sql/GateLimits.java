package dev.postern.sql;

/**
 * What a text may cost before it is refused unread.
 *
 * @param textBytes length of the text, checked before anything else
 * @param treeBytes length of the parse tree as the grammar prints it
 * @param depth nesting of parse-tree nodes
 * @param nodes parse-tree nodes
 * @param statements statements in one text
 */
public record GateLimits(int textBytes, int treeBytes, int depth, int nodes, int statements) {

    /** What applies unless configured otherwise. */
    public static final GateLimits DEFAULT =
            new GateLimits(256 * 1024, 32 * 1024 * 1024, 4_000, 250_000, 200);
}
