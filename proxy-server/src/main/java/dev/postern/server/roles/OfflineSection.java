package dev.postern.server.roles;

import static dev.postern.server.roles.SqlNames.name;
import static dev.postern.server.roles.SqlNames.qualified;
import static dev.postern.server.roles.SqlNames.role;

import dev.postern.policy.RelationPattern;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The grants of a database of which nothing is known: whole schemas, and what is named in full. */
final class OfflineSection {

    private OfflineSection() {}

    static void write(RoleRequest request, List<PolicyScope> scopes, ScriptLines lines) {
        String role = role(request.role());
        NavigableSet<String> whole = new TreeSet<>();
        NavigableSet<String> used = new TreeSet<>();
        NavigableSet<String> relations = new TreeSet<>();
        for (PolicyScope scope : scopes) {
            whole.addAll(scope.namedSchemas());
            for (RelationPattern relation : scope.namedRelations()) {
                String schema = relation.parts().get(0);
                used.add(schema);
                relations.add(qualified(schema, relation.parts().get(1)));
            }
        }
        used.addAll(whole);
        lines.comment(
                "No server was asked: what stands here is granted by whole schemas and full names only.");
        List<String> left =
                scopes.stream().flatMap(scope -> scope.notByName().stream()).distinct().toList();
        if (!left.isEmpty()) {
            lines.comment(
                    "These are granted by a script that is made without --offline, relation by relation:");
            left.forEach(one -> lines.comment("  " + one));
        }
        for (String schema : used) {
            lines.comment(
                    "Takes CREATE from all roles, where everybody has it: the default before PostgreSQL 15.");
            lines.sql("REVOKE CREATE ON SCHEMA " + name(schema) + " FROM PUBLIC");
            lines.sql("GRANT USAGE ON SCHEMA " + name(schema) + " TO " + role);
        }
        for (String schema : whole) {
            lines.sql("GRANT SELECT ON ALL TABLES IN SCHEMA " + name(schema) + " TO " + role);
            lines.sql("GRANT SELECT ON ALL SEQUENCES IN SCHEMA " + name(schema) + " TO " + role);
        }
        for (String relation : relations) {
            lines.sql("GRANT SELECT ON TABLE " + relation + " TO " + role);
        }
        for (String schema : whole) {
            DefaultPrivileges.write(schema, new TreeSet<>(request.creators()), role, lines);
        }
    }
}
