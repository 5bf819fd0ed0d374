package dev.postern.server.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL primary, with a streaming hot standby if wanted, on free ports of 127.0.0.1. The
 * standby is a cold copy of the primary's data folder with {@code standby.signal} in it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/warm-standby.html">PostgreSQL, section
 *     26.2</a>
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final String REPLICATION_ROLE = "replicator";
    private static final Duration REPLAY_LIMIT = Duration.ofSeconds(30);
    private static final long REPLAY_POLL_MILLIS = 10;

    private final PostgresServer primary;
    private final @Nullable PostgresServer standby;

    private EmbeddedPostgres(PostgresServer primary, @Nullable PostgresServer standby) {
        this.primary = primary;
        this.standby = standby;
    }

    /**
     * What to start.
     *
     * @param standby whether there is a standby
     * @param settings server settings, for both
     * @param hba lines of {@code pg_hba.conf} that come before the usual one, which asks everybody
     *     for SCRAM-SHA-256
     */
    public record Options(boolean standby, Map<String, String> settings, List<String> hba) {

        public Options {
            settings = Map.copyOf(settings);
            hba = List.copyOf(hba);
        }
    }

    /**
     * Starts the servers and returns when they accept connections and the standby streams.
     *
     * @param directory an empty folder for their data and logs, removed by nobody but the caller
     * @param progress told in a few words what happens next
     */
    public static EmbeddedPostgres start(
            PostgresBinaries binaries, Path directory, Options options, Consumer<String> progress)
            throws IOException, SQLException {
        Path data = Files.createDirectories(directory.toAbsolutePath()).resolve("primary");
        String superuserPassword = RandomPassword.next();
        progress.accept("initializing a primary");
        PostgresServer.initialize(binaries, data, superuserPassword, hba(options));
        PostgresServer.configure(data, options.settings());
        if (!options.standby()) {
            progress.accept("starting the primary");
            return new EmbeddedPostgres(
                    PostgresServer.start(
                            binaries, data, data.resolveSibling("primary.log"), superuserPassword),
                    null);
        }
        Path copy = data.resolveSibling("standby");
        Directories.copy(data, copy);
        progress.accept("starting the primary");
        PostgresServer primary =
                PostgresServer.start(
                        binaries, data, data.resolveSibling("primary.log"), superuserPassword);
        PostgresServer standby = null;
        try {
            progress.accept("starting a streaming hot standby");
            String replicationPassword = RandomPassword.next();
            primary.execute(
                    "postgres",
                    "CREATE ROLE "
                            + REPLICATION_ROLE
                            + " REPLICATION LOGIN PASSWORD '"
                            + replicationPassword
                            + "'");
            Files.createFile(copy.resolve("standby.signal"));
            PostgresServer.configure(
                    copy,
                    Map.of(
                            "primary_conninfo",
                            "host=127.0.0.1 port="
                                    + primary.port()
                                    + " user="
                                    + REPLICATION_ROLE
                                    + " password="
                                    + replicationPassword,
                            "cluster_name",
                            "standby"));
            standby =
                    PostgresServer.start(
                            binaries, copy, copy.resolveSibling("standby.log"), superuserPassword);
            EmbeddedPostgres both = new EmbeddedPostgres(primary, standby);
            both.awaitReplay();
            return both;
        } catch (IOException | SQLException e) {
            if (standby != null) {
                standby.close();
            }
            primary.close();
            throw e;
        }
    }

    public PostgresServer primary() {
        return primary;
    }

    /**
     * Returns the standby.
     *
     * @throws IllegalStateException if none was asked for
     */
    public PostgresServer standby() {
        if (standby == null) {
            throw new IllegalStateException("started without a standby");
        }
        return standby;
    }

    /**
     * Returns when the standby streams and has replayed all that the primary has committed so far.
     * Does nothing without one.
     *
     * @throws IOException if that takes longer than half a minute
     */
    public void awaitReplay() throws IOException, SQLException {
        if (standby == null) {
            return;
        }
        try (Connection source = primary.connect("postgres");
                Connection copy = standby.connect("postgres");
                PreparedStatement replayed =
                        copy.prepareStatement(
                                """
                                SELECT coalesce(pg_last_wal_replay_lsn() >= ?::pg_lsn, false)
                                FROM pg_stat_wal_receiver WHERE status = 'streaming'
                                """);
                PreparedStatement pause = copy.prepareStatement("SELECT pg_sleep(?)")) {
            replayed.setString(1, text(source, "SELECT pg_current_wal_flush_lsn()"));
            pause.setDouble(1, REPLAY_POLL_MILLIS / 1000.0);
            long deadline = System.nanoTime() + REPLAY_LIMIT.toNanos();
            while (!holds(replayed)) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("the standby does not catch up; see " + standby.log());
                }
                pause.execute();
            }
        }
    }

    /** Stops both, the standby first. */
    @Override
    public void close() throws IOException {
        try {
            if (standby != null) {
                standby.close();
            }
        } finally {
            primary.close();
        }
    }

    private static List<String> hba(Options options) {
        List<String> lines = new ArrayList<>(options.hba());
        lines.add("host replication " + REPLICATION_ROLE + " 127.0.0.1/32 scram-sha-256");
        lines.add("host all all 127.0.0.1/32 scram-sha-256");
        return lines;
    }

    private static boolean holds(PreparedStatement question) throws SQLException {
        try (ResultSet answer = question.executeQuery()) {
            return answer.next() && answer.getBoolean(1);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
