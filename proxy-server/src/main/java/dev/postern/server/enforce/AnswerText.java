package dev.postern.server.enforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.policy.Verdict;
import dev.postern.policy.VerdictFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The SQL that takes a question's place: queries of constants, which the upstream turns into rows
 * in whatever format and portions the agent asks for. Nothing in them depends on settings or on the
 * search path.
 */
final class AnswerText {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TEXT = "::pg_catalog.text";
    private static final String AS_JSON = "::pg_catalog.json";

    /**
     * The parameter has a type of its own, so that a driver may send the SQL as what it is: text.
     */
    private static final String PARAMETER = "$1" + TEXT + AS_JSON;

    private static final String COLUMNS =
            "decision pg_catalog.text, rule pg_catalog.text, sqlstate pg_catalog.text,"
                    + " message pg_catalog.text, \"position\" pg_catalog.int4,"
                    + " object pg_catalog.text, hint pg_catalog.text";

    private AnswerText() {}

    /** Returns a query of these rows, at least one, in this order. */
    static String rows(List<AnswerRow> rows) {
        StringBuilder sql = new StringBuilder("SELECT * FROM (VALUES ");
        String before = "(";
        for (AnswerRow row : rows) {
            sql.append(before);
            literal(row.name(), sql);
            sql.append(TEXT).append(", ");
            literal(row.value(), sql);
            sql.append(TEXT).append(')');
            before = ", (";
        }
        return sql.append(") AS answer(name, value)").toString();
    }

    /**
     * Returns a query that shows a verdict.
     *
     * @param json the verdict; {@code null} if it comes as the parameter {@code $1}
     * @param column the name of the one column; {@code null} for a column for each field
     */
    static String check(@Nullable String json, @Nullable String column) {
        StringBuilder sql = new StringBuilder("SELECT ");
        if (column == null) {
            sql.append("* FROM pg_catalog.json_to_record(");
        }
        if (json == null) {
            sql.append(PARAMETER);
        } else {
            literal(json, sql);
            sql.append(AS_JSON);
        }
        return column == null
                ? sql.append(") AS \"check\"(").append(COLUMNS).append(')').toString()
                : sql.append(" AS \"").append(column.replace("\"", "\"\"")).append('"').toString();
    }

    /** Returns a verdict as one JSON object, the fields of {@code postern check}. */
    static String json(Verdict verdict) {
        try {
            return JSON.writeValueAsString(VerdictFields.of(verdict));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("strings and numbers can always be written", e);
        }
    }

    /**
     * Appends a literal. In this form a backslash escapes whatever {@code
     * standard_conforming_strings} says, and a doubled quote is one whatever {@code
     * backslash_quote} says.
     */
    private static void literal(String text, StringBuilder sql) {
        sql.append("E'");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\'', '\\' -> sql.append(c).append(c);
                case '\0' -> sql.append('\uFFFD');
                default -> sql.append(c);
            }
        }
        sql.append('\'');
    }
}
