package dev.postern.server.tools;

import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names as a policy's lists write them. */
final class PolicyNames {

    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");

    private PolicyNames() {}

    static String of(Relation relation) {
        return relation(relation.schema(), relation.name());
    }

    static String relation(String schema, String name) {
        return part(schema) + "." + part(name);
    }

    /** Where no catalog tells the schema. */
    static String inAnySchema(String name) {
        return "*." + part(name);
    }

    private static String part(String name) {
        return PLAIN.matcher(name).matches() ? name : "\"" + name.replace("\"", "\"\"") + "\"";
    }

    /** Argument types count by their number; they stand there for people. */
    static String of(Routine routine, List<String> arguments) {
        return function(routine.schema(), routine.name())
                + arguments.stream()
                        .map(type -> type.replaceAll("[^\\p{L}\\p{N}_$ .\\[\\]]", ""))
                        .collect(Collectors.joining(", ", "(", ")"));
    }

    /** With any arguments. */
    static String anyOf(String schema, String name) {
        return function(schema, name) + "(*)";
    }

    /** Entries for functions know no quotes: what would need them is left to {@code *}. */
    private static String function(String schema, String name) {
        return schema + "." + name.replaceAll("[^a-z0-9_$]", "*");
    }
}
