package dev.postern.server.roles;

import static dev.postern.server.roles.SqlNames.literal;
import static dev.postern.server.roles.SqlNames.name;
import static dev.postern.server.roles.SqlNames.role;

/** The role itself, and which databases it may connect to. */
final class RoleSection {

    private static final String ATTRIBUTES =
            "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS";

    /** What stands for the role's name. */
    private static final String ROLE = ":role";

    private static final String GIVE_BACK =
            """
            DECLARE
              statement text;
            BEGIN
              FOR statement IN
                SELECT format('REVOKE ALL ON DATABASE %I FROM %I', d.datname, r.rolname)
                  FROM pg_roles r, pg_database d
                 WHERE r.rolname = :role AND d.datdba <> r.oid
                   AND EXISTS (SELECT FROM aclexplode(d.datacl) a WHERE a.grantee = r.oid)
                UNION ALL
                SELECT format('REVOKE %I FROM %I', g.rolname, r.rolname)
                       || CASE WHEN b.oid IS NULL THEN '' ELSE format(' GRANTED BY %I', b.rolname) END
                  FROM pg_roles r
                  JOIN pg_auth_members m ON m.member = r.oid
                  JOIN pg_roles g ON g.oid = m.roleid
                  LEFT JOIN pg_roles b ON b.oid = m.grantor
                 WHERE r.rolname = :role
              LOOP
                EXECUTE statement;
              END LOOP;
            END
            """;

    private RoleSection() {}

    static void write(RoleRequest request, ScriptLines lines) {
        String role = role(request.role());
        lines.sql("BEGIN");
        lines.sql("SET LOCAL search_path = pg_catalog");
        lines.blank();
        lines.comment("The role logs in and can do nothing else. Its password is not set here.");
        lines.sql("DO " + SqlNames.body(make(request.role())));
        lines.comment("A second time; Postern sets it for each session, too.");
        lines.sql("ALTER ROLE " + role + " SET default_transaction_read_only = on");
        lines.blank();
        lines.comment(
                "What it may do with databases, and what it is through membership in other roles, is taken from it;");
        lines.comment("what it keeps is granted below.");
        lines.sql("DO " + SqlNames.body(GIVE_BACK.replace(ROLE, literal(request.role()))));
        for (RoleRequest.Database database : request.databases()) {
            lines.sql("GRANT CONNECT ON DATABASE " + name(database.name()) + " TO " + role);
        }
        for (RoleRequest.Database database : request.databases()) {
            ofEverybody(database, lines);
        }
        lines.sql("COMMIT");
    }

    /**
     * Attributes are changed only where they are others: saying NOSUPERUSER of a role that is none
     * takes a superuser.
     */
    private static String make(String role) {
        return """
        BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %1$s) THEN
            CREATE ROLE %2$s %3$s;
          ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = %1$s
                        AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication
                             OR rolbypassrls OR NOT rolcanlogin)) THEN
            ALTER ROLE %2$s %3$s;
          END IF;
        END
        """
                .formatted(literal(role), role(role), ATTRIBUTES);
    }

    /** What everybody may do, this role may do as well. */
    private static void ofEverybody(RoleRequest.Database database, ScriptLines lines) {
        String name = name(database.name());
        RoleRequest.Known known = database.known();
        if (known == null || known.privileges().publicMay().contains("TEMPORARY")) {
            lines.blank();
            lines.comment(
                    "Everybody may make temporary tables, by PostgreSQL's default; a role that only reads must not. This");
            lines.comment(
                    "takes it from all roles: GRANT TEMPORARY ON DATABASE "
                            + name
                            + " TO those that need it.");
            lines.sql("REVOKE TEMPORARY ON DATABASE " + name + " FROM PUBLIC");
        }
        if (known == null || known.privileges().publicMay().contains("CREATE")) {
            lines.blank();
            lines.comment(
                    "Whoever may create schemas can write. This takes it from all roles: GRANT CREATE to those that need it.");
            lines.sql("REVOKE CREATE ON DATABASE " + name + " FROM PUBLIC");
        }
    }
}
