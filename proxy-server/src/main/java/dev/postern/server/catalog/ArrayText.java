package dev.postern.server.catalog;

import dev.postern.catalog.Oids;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import org.jspecify.annotations.Nullable;

/**
 * Arrays as PostgreSQL prints them.
 *
 * @see <a href="https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO">Array Input and
 *     Output Syntax</a>
 */
final class ArrayText {

    private ArrayText() {}

    /** Reads an {@code oidvector} ({@code 23 25}) or an {@code oid[]} ({@code {23,25}}). */
    static Oids oids(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return Oids.NONE;
        }
        StringTokenizer tokens = new StringTokenizer(text, "{}, ");
        int[] values = new int[tokens.countTokens()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Integer.parseUnsignedInt(tokens.nextToken());
        }
        return Oids.of(values);
    }

    /**
     * Reads an array of one dimension with the lower bound 1. An element that is NULL reads as
     * {@code NULL}: none of the catalog's has one.
     */
    static List<String> strings(@Nullable String text) {
        List<String> elements = new ArrayList<>();
        if (text == null || text.length() <= 2) {
            return elements;
        }
        StringBuilder element = new StringBuilder();
        boolean quoted = false;
        for (int at = 1; at < text.length() - 1; at++) {
            char c = text.charAt(at);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\') {
                at++;
                element.append(text.charAt(at));
            } else if (c == ',' && !quoted) {
                elements.add(element.toString());
                element.setLength(0);
            } else {
                element.append(c);
            }
        }
        elements.add(element.toString());
        return elements;
    }

    /** Writes an {@code oid[]}. */
    static String of(List<Integer> oids) {
        StringBuilder text = new StringBuilder("{");
        for (int oid : oids) {
            if (text.length() > 1) {
                text.append(',');
            }
            text.append(Integer.toUnsignedString(oid));
        }
        return text.append('}').toString();
    }
}
