package dev.postern.server.roles;

import static dev.postern.server.roles.SqlNames.name;
import static dev.postern.server.roles.SqlNames.role;

import java.util.Collection;
import java.util.List;

/**
 * Grants on what does not exist yet.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html">PostgreSQL,
 *     ALTER DEFAULT PRIVILEGES</a>
 */
final class DefaultPrivileges {

    private static final List<String> KINDS = List.of("TABLES", "SEQUENCES");

    private DefaultPrivileges() {}

    /**
     * Grants reads of all that some roles will create in a schema.
     *
     * @param creators empty for whoever runs the script
     */
    static void write(
            String schema, Collection<String> creators, String grantee, ScriptLines lines) {
        lines.comment("The policy opens all of schema " + schema + ", also what is created later.");
        if (creators.isEmpty()) {
            lines.comment(
                    "This holds for what the role that runs it creates; --creator ROLE names others.");
            KINDS.forEach(kind -> grant("", schema, kind, grantee, lines));
        }
        for (String creator : creators) {
            KINDS.forEach(
                    kind -> grant("FOR ROLE " + role(creator) + " ", schema, kind, grantee, lines));
        }
    }

    private static void grant(
            String whose, String schema, String kind, String grantee, ScriptLines lines) {
        lines.sql(
                "ALTER DEFAULT PRIVILEGES "
                        + whose
                        + "IN SCHEMA "
                        + name(schema)
                        + " GRANT SELECT ON "
                        + kind
                        + " TO "
                        + grantee);
    }

    /** Says what no such grant can say. */
    static void left(List<PolicyScope> scopes, Collection<String> schemas, ScriptLines lines) {
        List<String> left =
                scopes.stream()
                        .flatMap(scope -> scope.notByDefault(schemas).stream())
                        .distinct()
                        .toList();
        if (!left.isEmpty()) {
            lines.comment(
                    "Default privileges cannot say these. What is created there becomes readable once this is made and run anew:");
            left.forEach(one -> lines.comment("  " + one));
        }
    }
}
