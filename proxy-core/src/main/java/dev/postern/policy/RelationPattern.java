package dev.postern.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A name of several parts with {@code *} for any characters: {@code schema.table}, {@code
 * schema.table.column}. Parts are folded to lower case as in SQL unless they stand in double
 * quotes.
 *
 * @param parts globs
 */
public record RelationPattern(List<String> parts) {

    public RelationPattern {
        parts = List.copyOf(parts);
    }

    /**
     * Reads a pattern.
     *
     * @param count how many parts it has to have
     * @throws IllegalArgumentException if it has another number of parts, or an empty one
     */
    public static RelationPattern parse(String text, int count) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                if (quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
                    part.append('"');
                    i++;
                } else {
                    quoted = !quoted;
                }
            } else if (c == '.' && !quoted) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(
                        quoted ? String.valueOf(c) : String.valueOf(c).toLowerCase(Locale.ROOT));
            }
        }
        parts.add(part.toString());
        if (quoted || parts.size() != count || parts.contains("")) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a name of " + count + " parts");
        }
        return new RelationPattern(parts);
    }

    /** Tells whether the part that names the schema matches. */
    public boolean matchesSchema(String schema) {
        return Glob.matches(parts.get(0), schema);
    }

    /** Tells whether the first parts match a schema and a relation. */
    public boolean matches(String schema, String relation) {
        return Glob.matches(parts.get(0), schema) && Glob.matches(parts.get(1), relation);
    }

    /** Tells whether the part that names the relation matches. */
    boolean matchesName(String relation) {
        return Glob.matches(parts.get(1), relation);
    }

    /** Tells whether the part that names the column matches. */
    boolean matchesColumn(String column) {
        return Glob.matches(parts.get(2), column);
    }

    /** Tells whether it matches everything. */
    boolean isAny() {
        return parts.stream().allMatch("*"::equals);
    }

    /** Tells whether the pattern names one relation, without {@code *}. */
    public boolean isExplicit() {
        return parts.get(0).indexOf('*') < 0 && parts.get(1).indexOf('*') < 0;
    }

    @Override
    public String toString() {
        return String.join(".", parts);
    }
}
