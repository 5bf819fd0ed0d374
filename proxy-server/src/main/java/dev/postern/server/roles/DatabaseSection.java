package dev.postern.server.roles;

import static dev.postern.server.roles.SqlNames.name;
import static dev.postern.server.roles.SqlNames.qualified;
import static dev.postern.server.roles.SqlNames.role;

import dev.postern.catalog.Relation;
import dev.postern.policy.OpenRelation;
import dev.postern.server.roles.Privileges.RelationPrivileges;
import dev.postern.server.roles.Privileges.SchemaPrivileges;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The grants of a database whose catalog is known: relation by relation. */
final class DatabaseSection {

    /** Owns schema public since PostgreSQL 15 and stands for the database's owner. */
    private static final String DATABASE_OWNER = "pg_database_owner";

    private final RoleRequest request;
    private final String role;
    private final RoleRequest.Known known;
    private final List<PolicyScope> scopes;
    private final ScriptLines lines;
    private final NavigableSet<String> schemas;

    DatabaseSection(
            RoleRequest request,
            RoleRequest.Known known,
            List<PolicyScope> scopes,
            ScriptLines lines) {
        this.request = request;
        this.role = role(request.role());
        this.known = known;
        this.scopes = scopes;
        this.lines = lines;
        this.schemas = new TreeSet<>(known.reach().schemas());
        known.privileges().schemas().stream()
                .map(SchemaPrivileges::name)
                .filter(this::isCovered)
                .forEach(schemas::add);
    }

    private boolean isCovered(String schema) {
        return scopes.stream().anyMatch(scope -> scope.coversAll(schema));
    }

    void write() {
        if (known.reach().relations().isEmpty()) {
            lines.comment("The policy opens no relation here.");
        }
        for (SchemaPrivileges schema : known.privileges().schemas()) {
            if (schema.publicCreates()) {
                lines.comment(
                        "Everybody may create in this schema. This takes it from all roles: GRANT CREATE to those that need it.");
                lines.sql("REVOKE CREATE ON SCHEMA " + name(schema.name()) + " FROM PUBLIC");
            }
        }
        for (String schema : schemas) {
            lines.sql("GRANT USAGE ON SCHEMA " + name(schema) + " TO " + role);
        }
        known.reach().relations().forEach(this::grant);
        byDefault();
    }

    private void grant(OpenRelation open) {
        Relation relation = open.relation();
        String object =
                (relation.kind() == Relation.Kind.SEQUENCE ? "SEQUENCE " : "TABLE ")
                        + qualified(relation.schema(), relation.name());
        if (open.closedColumns().isEmpty()) {
            lines.sql("GRANT SELECT ON " + object + " TO " + role);
        } else {
            lines.comment("without " + String.join(", ", new TreeSet<>(open.closedColumns())));
            lines.sql(
                    "GRANT SELECT ("
                            + SqlNames.names(open.openColumns())
                            + ") ON "
                            + object
                            + " TO "
                            + role);
        }
    }

    private void byDefault() {
        for (String schema : schemas) {
            if (isCovered(schema)) {
                DefaultPrivileges.write(schema, creators(schema), role, lines);
            }
        }
        DefaultPrivileges.left(
                scopes,
                known.privileges().schemas().stream().map(SchemaPrivileges::name).toList(),
                lines);
    }

    private NavigableSet<String> creators(String schema) {
        NavigableSet<String> creators = new TreeSet<>(request.creators());
        known.privileges().relations().stream()
                .filter(one -> one.schema().equals(schema) && !one.extension())
                .map(RelationPrivileges::owner)
                .forEach(creators::add);
        SchemaPrivileges privileges = known.privileges().schema(schema);
        if (creators.isEmpty() && privileges != null) {
            creators.add(
                    privileges.owner().equals(DATABASE_OWNER)
                            ? known.privileges().owner()
                            : privileges.owner());
        }
        return creators;
    }
}
