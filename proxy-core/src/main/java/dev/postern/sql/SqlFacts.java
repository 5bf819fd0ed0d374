package dev.postern.sql;

import java.util.List;

/** What is known of a text after it was read. */
public sealed interface SqlFacts {

    /**
     * The grammar read the text and every node of its tree is known.
     *
     * @param statements in the order of the text; empty for a text of white space and comments
     * @param otherwise the same statements under each further search path that the session may have
     * @param starts where each of them begins: characters counted from 1
     * @param fingerprint 16 hexadecimal digits of the tree without constants and places
     */
    record Parsed(
            List<StatementFacts> statements,
            List<StatementFacts> otherwise,
            List<Integer> starts,
            String fingerprint)
            implements SqlFacts {

        public Parsed {
            statements = List.copyOf(statements);
            otherwise = List.copyOf(otherwise);
            starts = List.copyOf(starts);
        }
    }

    /**
     * The text could not be read, or not wholly.
     *
     * @param message for {@link Reason#SYNTAX} PostgreSQL's own words, for {@link
     *     Reason#NODE_UNKNOWN} the name of the node or field, otherwise what was exceeded
     * @param position character counted from 1, 0 if it has no place
     */
    record Unreadable(Reason reason, String message, int position) implements SqlFacts {}

    /** Why a text is {@link Unreadable}. */
    enum Reason {
        /** PostgreSQL's grammar refuses it. */
        SYNTAX,
        /** Its tree holds a node or field that the gate does not know. */
        NODE_UNKNOWN,
        /** Longer than {@link GateLimits#textBytes}. */
        TOO_LONG,
        /** Beyond another of the limits, or the time. */
        TOO_COMPLEX,
        /** Not UTF-8, or with NUL in it. */
        ENCODING,
        /** The reader itself failed. */
        FAULT
    }
}
