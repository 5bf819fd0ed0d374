package dev.postern.sql;

/**
 * What is known of the type of a value: an object id of PostgreSQL's, or one of the constants here.
 */
final class ValueType {

    /** Nothing is known. */
    static final int UNKNOWN = 0;

    /** A number without a fraction: integer, bigint or numeric, as large as it is. */
    static final int WHOLE_NUMBER = -1;

    /** A string literal or NULL, which takes the type that its place asks for. */
    static final int LITERAL = 705;

    static final int BOOLEAN = 16;
    static final int BIGINT = 20;
    static final int INTEGER = 23;
    static final int TEXT = 25;
    static final int NAME = 19;
    static final int JSON = 114;
    static final int JSONB = 3802;
    static final int XML = 142;
    static final int BIT = 1560;
    static final int NUMERIC = 1700;
    static final int RECORD = 2249;

    private ValueType() {}
}
