package dev.postern.server.upstream;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The questions that a probe asks PostgreSQL; versions 14 and later answer them to any role. */
final class PostureQueries {

    private static final String RECOVERY =
            """
            SELECT pg_is_in_recovery(),
                   current_setting('server_version'),
                   current_setting('server_version_num')::int,
                   EXISTS (SELECT FROM pg_stat_wal_receiver),
                   coalesce(pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn(), false),
                   extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8,
                   pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float8
            """;

    /**
     * What a role could do by itself or by SET ROLE. Ownership is that of anything in the database
     * and of what databases share; pg_shdepend names neither what belongs to the bootstrap
     * superuser nor what belongs to pg_database_owner, and whoever is a member of those is found
     * otherwise.
     */
    private static final String WRITE_ABILITIES =
            """
            WITH me AS (
              SELECT oid, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication
                FROM pg_roles WHERE rolname = current_user),
            self AS MATERIALIZED (
              SELECT oid FROM me
              UNION
              SELECT r.oid FROM pg_roles r, me
               WHERE NOT me.rolsuper AND pg_has_role(me.oid, r.oid, 'MEMBER')),
            schemas AS MATERIALIZED (
              SELECT oid, nspname FROM pg_namespace
               WHERE nspname NOT IN ('pg_catalog', 'information_schema')
                 AND nspname !~ '^pg_(toast|temp_)')
            SELECT 'is a superuser' FROM me WHERE rolsuper
            UNION ALL
            SELECT 'has BYPASSRLS' FROM me WHERE rolbypassrls
            UNION ALL
            SELECT 'has CREATEDB' FROM me WHERE rolcreatedb
            UNION ALL
            SELECT 'has CREATEROLE' FROM me WHERE rolcreaterole
            UNION ALL
            SELECT 'has REPLICATION' FROM me WHERE rolreplication
            UNION ALL
            (SELECT 'is a member of ' || r.rolname
               FROM pg_roles r, me
              WHERE r.oid <> me.oid
                AND pg_has_role(me.oid, r.oid, 'MEMBER')
                AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls OR r.rolname IN (
                       'pg_write_all_data', 'pg_write_server_files', 'pg_read_server_files',
                       'pg_execute_server_program', 'pg_signal_backend', 'pg_checkpoint',
                       'pg_create_subscription', 'pg_maintain'))
              ORDER BY r.rolname LIMIT 5)
            UNION ALL
            SELECT 'has CREATE on database ' || current_database()
             WHERE EXISTS (
                     SELECT FROM self WHERE has_database_privilege(oid, current_database(), 'CREATE'))
            UNION ALL
            (SELECT 'has CREATE on schema ' || n.nspname || ' of database ' || current_database()
               FROM schemas n, self
              WHERE has_schema_privilege(self.oid, n.oid, 'CREATE')
              LIMIT 1)
            UNION ALL
            (SELECT 'can write to ' || n.nspname || '.' || c.relname
               FROM pg_class c JOIN schemas n ON n.oid = c.relnamespace, self
              WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
                AND (has_table_privilege(self.oid, c.oid, 'INSERT,UPDATE,DELETE,TRUNCATE')
                     OR has_any_column_privilege(self.oid, c.oid, 'INSERT,UPDATE'))
              LIMIT 1)
            UNION ALL
            (SELECT 'can advance sequence ' || n.nspname || '.' || c.relname
               FROM pg_class c JOIN schemas n ON n.oid = c.relnamespace, self
              WHERE CASE WHEN c.relkind = 'S'
                         THEN has_sequence_privilege(self.oid, c.oid, 'USAGE,UPDATE') END
              LIMIT 1)
            UNION ALL
            (SELECT 'owns ' || pg_describe_object(d.classid, d.objid, d.objsubid)
               FROM pg_shdepend d JOIN self ON d.refobjid = self.oid
              WHERE d.refclassid = 'pg_authid'::regclass
                AND d.deptype = 'o'
                AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
              LIMIT 1)
            """;

    private PostureQueries() {}

    /**
     * What changes from one second to the next.
     *
     * @param receiving whether a WAL receiver runs
     * @param caughtUp whether all that was received is replayed
     * @param transactionAge seconds since the last replayed transaction was committed; NaN if there
     *     was none
     * @param bytesBehind received and not yet replayed; NaN if nothing was received since the start
     */
    record Recovery(
            boolean standby,
            HostPosture.Version version,
            boolean receiving,
            boolean caughtUp,
            double transactionAge,
            double bytesBehind) {}

    static Recovery recovery(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RECOVERY)) {
            row.next();
            return new Recovery(
                    row.getBoolean(1),
                    new HostPosture.Version(row.getString(2), row.getInt(3)),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    number(row, 6),
                    number(row, 7));
        }
    }

    /** Returns what is not negative, as clocks that differ may make it; NaN for NULL. */
    private static double number(ResultSet row, int column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Double.NaN : Math.max(0, value);
    }

    /** Returns what the connection's role could do beyond reading. */
    static List<String> writeAbilities(Connection connection) throws SQLException {
        List<String> abilities = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(WRITE_ABILITIES)) {
            while (rows.next()) {
                abilities.add(rows.getString(1));
            }
        }
        return abilities;
    }
}
