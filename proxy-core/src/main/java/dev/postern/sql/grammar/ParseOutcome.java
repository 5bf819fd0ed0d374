package dev.postern.sql.grammar;

/** What came of parsing a text. */
public sealed interface ParseOutcome {

    /**
     * The raw parse tree as libpg_query prints it.
     *
     * @param json UTF-8 JSON, {@code
     *     {"version":…,"stmts":[{"stmt":{…},"stmt_location":…,"stmt_len":…}]}}; owned by the
     *     receiver
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Tree(byte[] json) implements ParseOutcome {}

    /**
     * PostgreSQL's grammar refuses the text.
     *
     * @param message PostgreSQL's own words, such as {@code syntax error at or near "SELEC"}
     * @param cursor position in the text in characters (Unicode code points, not bytes) counted
     *     from 1, as in the field P of an ErrorResponse; 0 if PostgreSQL gives none
     */
    record SyntaxError(String message, int cursor) implements ParseOutcome {}

    /** The parse was given up; the grammar instance is spent. */
    record Exhausted(Resource resource) implements ParseOutcome {}

    /** What a parse may run out of. */
    enum Resource {
        /** The thread was interrupted, which is how a time limit reaches a parse. */
        TIME,
        /** The instance's memory limit. */
        MEMORY,
        /** Nesting beyond what the parser's stack carries. */
        STACK,
        /** The parser stopped in a way that is none of the above. */
        FAULT
    }
}
