package dev.postern.it;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Texts made to cost much, and texts that are none. */
final class HostileTexts {

    private static final int DEEP = 50_000;
    private static final int MEBIBYTE = 1 << 20;
    private static final int DEFAULT_LIMIT = 256 * 1024;

    private HostileTexts() {}

    /**
     * One of them.
     *
     * @param bytes as sent, which need not be UTF-8
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Text(String name, byte[] bytes) {

        Text(String name, String text) {
            this(name, text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Texts that are valid UTF-8, all of them reads as far as they are SQL. */
    static List<Text> costly() {
        return List.of(
                nested("parentheses", "(", "1", ")"),
                nested("sub-selects", "(SELECT ", "1", ")"),
                filling("sub-selects up to the limit", "(SELECT ", ")"),
                nested("sub-selects in FROM", "* FROM (SELECT ", "1", ") AS t"),
                nested("EXISTS", "EXISTS (SELECT ", "1", ")"),
                nested("CASE", "CASE WHEN true THEN ", "1", " END"),
                filling("CASE up to the limit", "CASE WHEN true THEN ", " END"),
                nested("function calls", "abs(", "1", ")"),
                nested("COALESCE", "coalesce(", "1", ")"),
                nested("CAST", "CAST(", "1", " AS int)"),
                nested("arrays", "ARRAY[", "1", "]"),
                new Text("brackets", "SELECT ARRAY" + "[".repeat(DEEP) + "1" + "]".repeat(DEEP)),
                nested("ROW", "ROW(", "1", ")"),
                new Text("casts to text", "SELECT '1'" + "::text".repeat(DEEP)),
                new Text("casts to json", "SELECT '1'" + "::json".repeat(DEEP)),
                new Text(
                        "a json value",
                        "SELECT '" + "[".repeat(DEEP) + "]".repeat(DEEP) + "'::jsonb IS NULL"),
                new Text("json arrows", "SELECT '{}'::jsonb" + "->'a'".repeat(DEEP)),
                new Text("subscripts", "SELECT a" + "[1]".repeat(DEEP) + " FROM t"),
                new Text("attributes", "SELECT (a)" + ".b".repeat(DEEP) + " FROM t"),
                new Text("unary minus", "SELECT " + "- ".repeat(DEEP) + "1"),
                new Text("NOT", "SELECT " + "NOT ".repeat(DEEP) + "true"),
                new Text("IS NULL", "SELECT 1" + " IS NULL".repeat(30_000)),
                chained("1+1", "1", "+1"),
                chained("AND", "true", " AND true"),
                chained("OR", "true", " OR true"),
                chained("AND OR", "true", " AND true OR true"),
                chained("concatenation", "'a'", "||'a'"),
                chained("columns", "1", ",1"),
                chained("UNION ALL", "1", " UNION ALL SELECT 1"),
                filling("UNION ALL up to the limit", "1 UNION ALL SELECT ", ""),
                chained("comma joins", "1 FROM (SELECT 1) t", ", (SELECT 1) t"),
                chained("VALUES", "1 WHERE 1 IN (VALUES (1)", ", (1)", ")"),
                nested("CTE", "1 WHERE 1 IN (WITH c AS (SELECT ", "1", ") SELECT 1)"),
                new Text("comments", "SELECT " + "/*".repeat(DEEP) + "*/".repeat(DEEP) + "1"),
                new Text("open comments", "SELECT " + "/*".repeat(DEEP)),
                new Text("open parentheses", "SELECT " + "(".repeat(DEEP)),
                new Text("open quotes", "SELECT " + "\"a\" ".repeat(DEEP) + "'"),
                new Text("dollar quotes", "SELECT " + "$a$ $b$ ".repeat(DEEP)),
                new Text("a name", "SELECT " + "a".repeat(200_000)),
                new Text("a number", "SELECT " + "9".repeat(200_000)),
                new Text("relations", "SELECT 1 FROM " + numbered(20_000, "t", ", ")),
                new Text("functions", "SELECT " + numbered(10_000, "f", "(), ") + "()"),
                new Text("aliases", "SELECT " + numbered(20_000, "1 AS c", ", ")),
                new Text("1 MB of text", "SELECT 1" + " ,1".repeat(MEBIBYTE / 3)),
                new Text("1 MB of spaces", "SELECT" + " ".repeat(MEBIBYTE) + "1"),
                new Text("a string of 1 MB", "SELECT '" + "a".repeat(MEBIBYTE) + "' IS NULL"),
                new Text(
                        "an escape of 1 MB",
                        "SELECT E'" + "\\n".repeat(MEBIBYTE / 2) + "' IS NULL"),
                new Text("a list of 1,000", list(1_000)),
                new Text("a list of 10,000", list(10_000)),
                new Text("a list of 100,000", list(100_000)),
                new Text("100 statements", "SELECT 1;".repeat(100)),
                new Text("10,000 statements", "SELECT 1;".repeat(10_000)),
                new Text("10,000 empty statements", ";".repeat(10_000)));
    }

    /** Texts that are not UTF-8. */
    static List<Text> notUtf8() {
        return List.of(
                raw("a byte in a string", "SELECT 'a", 0xFF, "'"),
                raw("a byte in a name", "SELECT 1 AS a", 0xE4, ""),
                raw("a byte in a quoted name", "SELECT 1 AS \"a", 0x80, "\""),
                raw("a byte in a comment", "SELECT 1 /* ", 0xC0, " */"),
                raw("a sequence that ends early", "SELECT '\u00e4", 0xC3, "'"),
                raw("a sequence cut by the end", "SELECT 1 --", 0xE2, ""),
                joined("an overlong quote", "SELECT '", 0xC0, 0xA7, "; DROP TABLE t; --'"),
                joined("a surrogate", "SELECT '", 0xED, 0xA0, 0x80, "'"),
                joined("beyond Unicode", "SELECT '", 0xF5, 0x80, 0x80, 0x80, "'"));
    }

    /** A text with NUL in it, which a message cannot carry. */
    static Text withNul() {
        return new Text("NUL", "SELECT 1\0; DROP TABLE t");
    }

    private static Text nested(String name, String open, String inner, String close) {
        return new Text(name, "SELECT " + open.repeat(DEEP) + inner + close.repeat(DEEP));
    }

    /** Nested as deep as a text of the default limit may be. */
    private static Text filling(String name, String open, String close) {
        int depth = (DEFAULT_LIMIT - 10) / (open.length() + close.length());
        return new Text(name, "SELECT " + open.repeat(depth) + "1" + close.repeat(depth));
    }

    private static Text chained(String name, String first, String next) {
        return chained(name, first, next, "");
    }

    private static Text chained(String name, String first, String next, String end) {
        return new Text(name, "SELECT " + first + next.repeat(DEEP - 1) + end);
    }

    private static String numbered(int count, String name, String separator) {
        return IntStream.range(0, count)
                .mapToObj(number -> name + number)
                .collect(Collectors.joining(separator));
    }

    private static String list(int count) {
        return "SELECT 1 WHERE 1 IN (" + numbered(count, "", ",") + ")";
    }

    private static Text raw(String name, String before, int b, String after) {
        return joined(name, before, b, after);
    }

    private static Text joined(String name, Object... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Object part : parts) {
            switch (part) {
                case String text -> bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
                case Integer b -> bytes.write(b);
                default -> throw new IllegalArgumentException(part.toString());
            }
        }
        return new Text(name, bytes.toByteArray());
    }
}
