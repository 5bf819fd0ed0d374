package dev.postern.server.upstream;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The questions that a probe asks PostgreSQL; versions 14 and later answer them to any role. */
final class PostureQueries {

    /**
     * Receive and replay position say nothing of what a primary did since the connection to it was
     * lost: without a WAL receiver only the time of the last replayed transaction counts.
     */
    private static final String RECOVERY =
            """
            SELECT pg_is_in_recovery(),
                   current_setting('server_version'),
                   CASE
                     WHEN NOT pg_is_in_recovery() THEN 0
                     WHEN EXISTS (SELECT FROM pg_stat_wal_receiver)
                          AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
                     WHEN pg_last_xact_replay_timestamp() IS NULL THEN NULL
                     ELSE greatest(0, extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()))
                   END
            """;

    private static final String WRITE_ABILITIES =
            """
            SELECT 'is a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
            UNION ALL
            SELECT 'has BYPASSRLS' FROM pg_roles WHERE rolname = current_user AND rolbypassrls
            UNION ALL
            SELECT 'has CREATEDB' FROM pg_roles WHERE rolname = current_user AND rolcreatedb
            UNION ALL
            SELECT 'has CREATEROLE' FROM pg_roles WHERE rolname = current_user AND rolcreaterole
            UNION ALL
            SELECT 'has REPLICATION' FROM pg_roles WHERE rolname = current_user AND rolreplication
            UNION ALL
            (SELECT 'is a member of ' || r.rolname
               FROM pg_roles r
              WHERE r.rolname <> current_user
                AND pg_has_role(current_user, r.oid, 'MEMBER')
                AND (r.rolsuper OR r.rolcreaterole OR r.rolname IN (
                       'pg_write_all_data', 'pg_write_server_files', 'pg_read_server_files',
                       'pg_execute_server_program', 'pg_signal_backend', 'pg_checkpoint',
                       'pg_create_subscription', 'pg_maintain'))
              ORDER BY r.rolname LIMIT 5)
            UNION ALL
            SELECT 'has CREATE on database ' || current_database()
             WHERE has_database_privilege(current_database(), 'CREATE')
            UNION ALL
            (SELECT 'can write to ' || n.nspname || '.' || c.relname
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
                AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                AND n.nspname !~ '^pg_(toast|temp_)'
                AND (has_table_privilege(c.oid, 'INSERT,UPDATE,DELETE,TRUNCATE')
                     OR has_any_column_privilege(c.oid, 'INSERT,UPDATE'))
              LIMIT 1)
            """;

    private PostureQueries() {}

    /** What changes from one second to the next. */
    record Recovery(boolean standby, String serverVersion, double lagSeconds) {}

    static Recovery recovery(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RECOVERY)) {
            row.next();
            double known = row.getDouble(3);
            double lag = row.wasNull() ? Double.NaN : known;
            return new Recovery(row.getBoolean(1), row.getString(2), lag);
        }
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
