package dev.postern.server.roles;

import static dev.postern.server.roles.SqlNames.literal;

/** Takes from the role what it holds in a database, so that it keeps only what is granted then. */
final class HeldPrivileges {

    /** What stands for the role's name. */
    private static final String ROLE = ":role";

    /** What the role owns is left to it. */
    private static final String GIVE_BACK =
            """
            DECLARE
              statement text;
            BEGIN
              FOR statement IN
                SELECT format('REVOKE ALL ON %s %I.%I FROM %I',
                              CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                              n.nspname, c.relname, r.rolname)
                  FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE r.rolname = :role AND c.relowner <> r.oid
                   AND (EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = r.oid)
                        OR EXISTS (SELECT FROM pg_attribute t, aclexplode(t.attacl) a
                                    WHERE t.attrelid = c.oid AND NOT t.attisdropped
                                      AND a.grantee = r.oid))
                UNION ALL
                SELECT format('REVOKE ALL ON SCHEMA %I FROM %I', n.nspname, r.rolname)
                  FROM pg_roles r, pg_namespace n
                 WHERE r.rolname = :role AND n.nspowner <> r.oid
                   AND EXISTS (SELECT FROM aclexplode(n.nspacl) a WHERE a.grantee = r.oid)
                UNION ALL
                SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I %s REVOKE ALL ON %s FROM %I',
                              o.rolname,
                              CASE WHEN n.oid IS NULL THEN '' ELSE format('IN SCHEMA %I', n.nspname) END,
                              CASE d.defaclobjtype WHEN 'S' THEN 'SEQUENCES' ELSE 'TABLES' END,
                              r.rolname)
                  FROM pg_roles r, pg_default_acl d
                  JOIN pg_roles o ON o.oid = d.defaclrole
                  LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
                 WHERE r.rolname = :role AND d.defaclobjtype IN ('r', 'S')
                   AND EXISTS (SELECT FROM aclexplode(d.defaclacl) a WHERE a.grantee = r.oid)
              LOOP
                EXECUTE statement;
              END LOOP;
            END
            """;

    private HeldPrivileges() {}

    static void takeBack(String role, ScriptLines lines) {
        lines.comment(
                "What the role holds in this database is taken from it; what it keeps follows.");
        lines.sql("DO " + SqlNames.body(GIVE_BACK.replace(ROLE, literal(role))));
    }
}
