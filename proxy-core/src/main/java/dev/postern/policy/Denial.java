package dev.postern.policy;

import dev.postern.protocol.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * One refusal, in the words the agent reads: what was refused, where, by which rule, and what would
 * pass.
 *
 * @param rule the stable reason
 * @param sqlState what the error carries
 * @param message MESSAGE: what was refused, in words
 * @param position character of the text counted from 1 where it stands, 0 if it has no place
 * @param object the name or construct that was refused, as written; {@code null} if none
 * @param hint HINT: what would pass
 */
public record Denial(
        Rule rule,
        SqlState sqlState,
        String message,
        int position,
        @Nullable String object,
        String hint) {

    /**
     * Longer objects are cut in DETAIL: a name has 63 bytes at most, but a text decides what stands
     * here.
     */
    private static final int MAX_OBJECT = 200;

    /** Returns it with a place, for when it has none of its own. */
    Denial atLeastAt(int place) {
        return position > 0 ? this : new Denial(rule, sqlState, message, place, object, hint);
    }

    /**
     * Returns DETAIL: one line of JSON, {@code {"rule":…,"position":…,"object":…}}; what has no
     * value is absent.
     */
    public String detailJson() {
        StringBuilder json = new StringBuilder(64);
        json.append("{\"rule\":\"").append(rule.code()).append('"');
        if (position > 0) {
            json.append(",\"position\":").append(position);
        }
        if (object != null) {
            json.append(",\"object\":\"");
            escape(object, json);
            json.append('"');
        }
        return json.append('}').toString();
    }

    /**
     * Tells whether it says that something does not exist: where another meaning of the text
     * exists, that one counts.
     */
    public boolean saysMissing() {
        return sqlState == SqlState.UNDEFINED_TABLE
                || sqlState == SqlState.UNDEFINED_FUNCTION
                || sqlState == SqlState.UNDEFINED_OBJECT;
    }

    private static void escape(String text, StringBuilder json) {
        int end = text.length();
        if (end > MAX_OBJECT) {
            end =
                    Character.isHighSurrogate(text.charAt(MAX_OBJECT - 1))
                            ? MAX_OBJECT - 1
                            : MAX_OBJECT;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < 0x20) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
    }
}
