package dev.postern.catalog;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The schemas in which PostgreSQL looks for a name without one, in order. {@code pg_catalog} is
 * first unless the setting names it elsewhere.
 *
 * @param schemas exact names, {@code pg_catalog} among them
 * @see <a href="https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH">The
 *     Schema Search Path</a>
 */
public record SearchPath(List<String> schemas) {

    /** PostgreSQL's own schema alone. */
    public static final SearchPath SYSTEM = new SearchPath(List.of("pg_catalog"));

    private static final String SYSTEM_SCHEMA = "pg_catalog";
    private static final int MAX_NAME_BYTES = 63;

    public SearchPath {
        schemas = List.copyOf(schemas);
    }

    /**
     * Returns the path that a list of schemas makes.
     *
     * @param names as the setting lists them, already unquoted
     * @param user what {@code $user} stands for
     */
    public static SearchPath of(List<String> names, String user) {
        List<String> schemas = new ArrayList<>(names.size() + 1);
        if (!names.contains(SYSTEM_SCHEMA)) {
            schemas.add(SYSTEM_SCHEMA);
        }
        for (String name : names) {
            String schema = name.equals("$user") ? user : truncated(name);
            if (!schemas.contains(schema) && !schema.isEmpty()) {
                schemas.add(schema);
            }
        }
        return new SearchPath(schemas);
    }

    /**
     * Reads the setting's value as {@code SHOW search_path} prints it and {@code set_config} takes
     * it.
     *
     * @return {@code null} if it is not a list of names
     */
    public static @Nullable SearchPath parse(String value, String user) {
        List<String> names = new ArrayList<>();
        int at = skipSpace(value, 0);
        if (at == value.length()) {
            return of(names, user);
        }
        while (true) {
            StringBuilder name = new StringBuilder();
            at = value.startsWith("\"", at) ? quoted(value, at, name) : bare(value, at, name);
            if (at < 0) {
                return null;
            }
            names.add(name.toString());
            at = skipSpace(value, at);
            if (at == value.length()) {
                return of(names, user);
            }
            if (value.charAt(at) != ',') {
                return null;
            }
            at = skipSpace(value, at + 1);
        }
    }

    private static int quoted(String value, int from, StringBuilder name) {
        int at = from + 1;
        while (at < value.length()) {
            char c = value.charAt(at++);
            if (c != '"') {
                name.append(c);
            } else if (at < value.length() && value.charAt(at) == '"') {
                name.append('"');
                at++;
            } else {
                return at;
            }
        }
        return -1;
    }

    private static int bare(String value, int from, StringBuilder name) {
        int at = from;
        while (at < value.length() && value.charAt(at) != ',' && !isSpace(value.charAt(at))) {
            at++;
        }
        value.substring(from, at).chars().forEach(c -> name.append((char) folded(c)));
        return at == from ? -1 : at;
    }

    /** Names without quotes are folded to lower case, of which PostgreSQL knows ASCII's letters. */
    private static int folded(int c) {
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }

    private static int skipSpace(String value, int from) {
        int at = from;
        while (at < value.length() && isSpace(value.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }

    /** Names are cut to what PostgreSQL keeps of them. */
    private static String truncated(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= MAX_NAME_BYTES) {
            return name;
        }
        int end = MAX_NAME_BYTES;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
