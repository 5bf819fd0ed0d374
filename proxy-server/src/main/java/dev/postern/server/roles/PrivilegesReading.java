package dev.postern.server.roles;

import dev.postern.server.roles.Privileges.RelationPrivileges;
import dev.postern.server.roles.Privileges.SchemaPrivileges;
import dev.postern.server.upstream.JdbcConnections;
import dev.postern.server.upstream.ProbeTarget;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks PostgreSQL, version 14 or later, who holds what in a database. Every role may ask. Blocks.
 *
 * @see <a href="https://www.postgresql.org/docs/current/ddl-priv.html">PostgreSQL, section 5.8</a>
 */
public final class PrivilegesReading {

    private static final String APPLICATION_NAME = "postern/privileges";

    /** PostgreSQL ends a question that takes too long before the connection is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String SETTINGS = "SET search_path = ''; SET statement_timeout = ";

    private static final String DATABASE =
            """
            SELECT pg_get_userbyid(d.datdba), a.privilege_type
              FROM pg_database d
              LEFT JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                ON a.grantee = 0 AND a.privilege_type IN ('TEMPORARY', 'CREATE')
             WHERE d.datname = current_database()
            """;

    private static final String SCHEMAS =
            """
            SELECT n.nspname, pg_get_userbyid(n.nspowner),
                   EXISTS (SELECT FROM aclexplode(n.nspacl) a
                            WHERE a.grantee = 0 AND a.privilege_type = 'CREATE')
              FROM pg_namespace n
             WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
             ORDER BY n.nspname COLLATE "C"
            """;

    /** The first id of what users make is 16384. */
    private static final String RELATIONS =
            """
            WITH held AS (
              SELECT c.oid, a.privilege_type
                FROM pg_class c, aclexplode(c.relacl) a
               WHERE a.grantee = 0
              UNION ALL
              SELECT t.attrelid, a.privilege_type
                FROM pg_attribute t, aclexplode(t.attacl) a
               WHERE a.grantee = 0 AND NOT t.attisdropped
            ), by_all AS (
              SELECT oid, bool_or(privilege_type = 'SELECT') AS reads,
                     bool_or(privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')) AS writes
                FROM held GROUP BY oid
            ), found AS (
              SELECT c.oid, n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner) AS owner,
                     has_schema_privilege(n.oid, 'USAGE') AS reachable,
                     has_table_privilege(c.oid, 'SELECT') AS whole
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
                 AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
                 AND n.nspname <> 'information_schema'
            )
            SELECT f.nspname, f.relname, f.owner,
                   EXISTS (SELECT FROM pg_depend d
                            WHERE d.classid = 'pg_class'::regclass AND d.objid = f.oid
                              AND d.deptype = 'e'),
                   coalesce(b.reads, false), coalesce(b.writes, false),
                   f.reachable AND f.whole,
                   CASE WHEN f.reachable AND NOT f.whole AND f.relkind <> 'S'
                     THEN ARRAY(SELECT t.attname::text FROM pg_attribute t
                                 WHERE t.attrelid = f.oid AND t.attnum > 0 AND NOT t.attisdropped
                                   AND has_column_privilege(f.oid, t.attnum, 'SELECT')
                                 ORDER BY t.attnum)
                   END
              FROM found f LEFT JOIN by_all b ON b.oid = f.oid
             ORDER BY f.nspname COLLATE "C", f.relname COLLATE "C"
            """;

    private final Duration timeLimit;
    private final JdbcConnections.Options options;

    /**
     * @param connectTimeout for opening the connection
     * @param timeLimit for each question
     */
    public PrivilegesReading(Duration connectTimeout, Duration timeLimit) {
        this.timeLimit = timeLimit;
        options =
                new JdbcConnections.Options(
                        APPLICATION_NAME, connectTimeout, timeLimit.plus(PATIENCE), true);
    }

    /**
     * Asks one host.
     *
     * @param host {@code host:port}, one of the target's
     */
    public Privileges read(ProbeTarget target, String host, String database) throws SQLException {
        try (Connection connection = JdbcConnections.open(target, host, database, options);
                Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS + timeLimit.toMillis());
            String owner = "";
            Set<String> publicMay = new HashSet<>();
            try (ResultSet rows = statement.executeQuery(DATABASE)) {
                while (rows.next()) {
                    owner = rows.getString(1);
                    String privilege = rows.getString(2);
                    if (privilege != null) {
                        publicMay.add(privilege);
                    }
                }
            }
            return new Privileges(owner, publicMay, schemas(statement), relations(statement));
        }
    }

    private static List<SchemaPrivileges> schemas(Statement statement) throws SQLException {
        List<SchemaPrivileges> schemas = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(SCHEMAS)) {
            while (rows.next()) {
                schemas.add(
                        new SchemaPrivileges(
                                rows.getString(1), rows.getString(2), rows.getBoolean(3)));
            }
        }
        return schemas;
    }

    private static List<RelationPrivileges> relations(Statement statement) throws SQLException {
        List<RelationPrivileges> relations = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(RELATIONS)) {
            while (rows.next()) {
                relations.add(
                        new RelationPrivileges(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getString(3),
                                rows.getBoolean(4),
                                rows.getBoolean(5),
                                rows.getBoolean(6),
                                rows.getBoolean(7),
                                columns(rows.getArray(8))));
            }
        }
        return relations;
    }

    private static @Nullable List<String> columns(@Nullable Array array) throws SQLException {
        return array == null ? null : List.of((String[]) array.getArray());
    }
}
