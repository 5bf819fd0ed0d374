package dev.postern.server.roles;

import java.util.Collection;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names and texts as SQL writes them.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html">PostgreSQL,
 *     section 4.1</a>
 */
final class SqlNames {

    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

    /** Database names that psql takes for nothing else. */
    private static final Pattern PLAIN_DATABASE = Pattern.compile("[A-Za-z0-9_.]+");

    /** Words of PostgreSQL 14 to 18 that are no plain names everywhere. */
    private static final Set<String> KEYWORDS =
            Set.of(
                    """
                    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
                    boolean both case cast char character check coalesce collate collation column concurrently
                    constraint create cross current_catalog current_date current_role current_schema current_time
                    current_timestamp current_user dec decimal default deferrable desc distinct do else end except
                    exists extract false fetch float for foreign freeze from full grant greatest group grouping
                    having ilike in initially inner inout int integer intersect interval into is isnull join json
                    json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar
                    json_serialize json_table json_value lateral leading least left like limit localtime
                    localtimestamp merge_action national natural nchar none normalize not notnull null nullif
                    numeric offset on only or order out outer overlaps overlay placing position precision primary
                    real references returning right row select session_user setof similar smallint some
                    substring symmetric system_user table tablesample then time timestamp to trailing treat trim
                    true union unique user using values varchar variadic verbose when where window with
                    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
                    xmlserialize xmltable
                    """
                            .strip()
                            .split("\\s+"));

    private SqlNames() {}

    /** Returns a name, in double quotes if it needs them. */
    static String name(String name) {
        return PLAIN.matcher(name).matches() && !KEYWORDS.contains(name) ? name : quoted(name);
    }

    static String qualified(String schema, String name) {
        return name(schema) + "." + name(name);
    }

    static String names(Collection<String> names) {
        return names.stream().map(SqlNames::name).collect(Collectors.joining(", "));
    }

    /**
     * Returns a role's name where SQL expects one: {@code public} and its like mean no role of that
     * name unless they stand in quotes.
     */
    static String role(String name) {
        return name.equals("public") ? quoted(name) : name(name);
    }

    private static String quoted(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    /** Returns a text as a constant, whatever {@code standard_conforming_strings} is. */
    static String literal(String text) {
        String quotes = text.replace("'", "''");
        return text.indexOf('\\') < 0
                ? "'" + quotes + "'"
                : "E'" + quotes.replace("\\", "\\\\") + "'";
    }

    /** Returns a statement's body in dollar quotes that nothing in it ends. */
    static String body(String body) {
        String tag = "$postern$";
        while (body.contains(tag)) {
            tag = tag.substring(0, tag.length() - 1) + "_$";
        }
        return tag + "\n" + body + tag;
    }

    /**
     * Returns what follows psql's {@code \connect}, as pg_dump writes it: a name with other
     * characters than letters and digits may be taken for more than a name.
     */
    static String connect(String database) {
        if (PLAIN_DATABASE.matcher(database).matches()) {
            return PLAIN.matcher(database).matches() ? database : quoted(database);
        }
        String value = database.replace("\\", "\\\\").replace("'", "\\'");
        return "-reuse-previous=on " + quoted("dbname='" + value + "'");
    }

    /** Returns a text that stays on its line. */
    static String comment(String text) {
        return text.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", " ");
    }
}
