package dev.postern.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One event of the trail, read to be looked at. */
final class AuditLine {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int LONGEST_TEXT = 160;

    private AuditLine() {}

    /** Reads a line; {@code null} if it is not a JSON object. */
    static @Nullable JsonNode read(byte[] line) {
        try {
            JsonNode event = MAPPER.readTree(line);
            return event != null && event.isObject() ? event : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns an event on one line for people. */
    static String summary(byte[] line) {
        JsonNode event = read(line);
        if (event == null) {
            return "(not an event of the trail)";
        }
        StringBuilder text = new StringBuilder(200);
        text.append(text(event, "time"));
        word(text, event, "agent", "-");
        String type = text(event, "type");
        switch (type) {
            case "statement_decided" -> decided(text, event);
            case "statement_completed" -> completed(text, event);
            default -> {
                text.append("  ").append(type);
                named(text, event, "rule");
                named(text, event, "client");
                named(text, event, "sqlstate");
                word(text, event, "message", "");
            }
        }
        return printable(text);
    }

    private static void decided(StringBuilder text, JsonNode event) {
        word(text, event, "decision", "?");
        if (event.has("rule")) {
            text.append('[').append(text(event, "rule")).append(']');
        }
        text.append("  ").append(shortened(text(event, "statement")));
    }

    /** Returns a statement on one line, cut where it is long. */
    static String shortened(String sql) {
        String statement = sql.strip().replaceAll("\\s+", " ");
        return statement.length() <= LONGEST_TEXT
                ? statement
                : statement.substring(0, LONGEST_TEXT) + "…";
    }

    private static void completed(StringBuilder text, JsonNode event) {
        text.append("  done  ").append(text(event, "command"));
        named(text, event, "rows");
        named(text, event, "bytes");
        named(text, event, "total_ms");
        named(text, event, "sqlstate");
        word(text, event, "message", "");
    }

    private static void named(StringBuilder text, JsonNode event, String field) {
        if (event.has(field)) {
            text.append(' ').append(field).append('=').append(text(event, field));
        }
    }

    private static void word(StringBuilder text, JsonNode event, String field, String absent) {
        String value = event.has(field) ? text(event, field) : absent;
        if (!value.isEmpty()) {
            text.append("  ").append(value);
        }
    }

    static String text(JsonNode event, String field) {
        return event.path(field).asText();
    }

    /** An agent wrote some of this: nothing in it may steer the terminal. */
    static String printable(CharSequence text) {
        return text.toString().replaceAll("[\\p{Cc}\\p{Cf}\\u2028\\u2029]", "\uFFFD");
    }
}
