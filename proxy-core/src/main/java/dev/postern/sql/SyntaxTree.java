package dev.postern.sql;

import java.util.List;

/** What came of reading a printed parse tree. */
sealed interface SyntaxTree {

    /**
     * The tree, all of whose nodes are known.
     *
     * @param statements the RawStmt nodes
     * @param fingerprint hash of the tree without constants and places
     */
    record Known(List<SyntaxNode> statements, long fingerprint) implements SyntaxTree {}

    /**
     * The tree was not read to its end.
     *
     * @param what the name that is unknown, or the limit that was exceeded
     */
    record Refused(SqlFacts.Reason reason, String what) implements SyntaxTree {}
}
