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
import java.util.stream.Stream;

/**
 * A PostgreSQL primary, with streaming hot standbys if wanted, on free ports of 127.0.0.1. A
 * standby is a cold copy of the primary's data folder with {@code standby.signal} in it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/warm-standby.html">PostgreSQL, section
 *     26.2</a>
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final String STANDBY = "standby";
    private static final String REPLICATION_ROLE = "replicator";
    private static final Duration REPLAY_LIMIT = Duration.ofSeconds(30);
    private static final long REPLAY_POLL_MILLIS = 10;

    private final PostgresServer primary;
    private final List<PostgresServer> standbys;

    private EmbeddedPostgres(PostgresServer primary, List<PostgresServer> standbys) {
        this.primary = primary;
        this.standbys = List.copyOf(standbys);
    }

    /**
     * What to start.
     *
     * @param standbys how many standbys there are
     * @param settings server settings, for all
     * @param hba lines of {@code pg_hba.conf} that come before the usual one, which asks everybody
     *     for SCRAM-SHA-256
     */
    public record Options(int standbys, Map<String, String> settings, List<String> hba) {

        public Options {
            settings = Map.copyOf(settings);
            hba = List.copyOf(hba);
        }
    }

    /**
     * Starts the servers and returns when they accept connections and the standbys stream.
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
        List<Path> copies = new ArrayList<>();
        for (int i = 1; i <= options.standbys(); i++) {
            Path copy = data.resolveSibling(i == 1 ? STANDBY : STANDBY + i);
            Directories.copy(data, copy);
            copies.add(copy);
        }
        progress.accept("starting the primary");
        PostgresServer primary =
                PostgresServer.start(
                        binaries, data, data.resolveSibling("primary.log"), superuserPassword);
        List<PostgresServer> standbys = new ArrayList<>();
        try {
            if (!copies.isEmpty()) {
                progress.accept("starting a streaming hot standby");
                String connection = replication(primary);
                for (Path copy : copies) {
                    standbys.add(follow(binaries, copy, connection, superuserPassword));
                }
            }
            EmbeddedPostgres all = new EmbeddedPostgres(primary, standbys);
            all.awaitReplay();
            return all;
        } catch (IOException | SQLException e) {
            for (PostgresServer standby : standbys) {
                standby.close();
            }
            primary.close();
            throw e;
        }
    }

    /** Makes the role that standbys log in as; returns {@code primary_conninfo}. */
    private static String replication(PostgresServer primary) throws SQLException {
        String password = RandomPassword.next();
        primary.execute(
                "postgres",
                "CREATE ROLE "
                        + REPLICATION_ROLE
                        + " REPLICATION LOGIN PASSWORD '"
                        + password
                        + "'");
        return "host=127.0.0.1 port="
                + primary.port()
                + " user="
                + REPLICATION_ROLE
                + " password="
                + password;
    }

    private static PostgresServer follow(
            PostgresBinaries binaries, Path copy, String connection, String superuserPassword)
            throws IOException {
        Files.createFile(copy.resolve("standby.signal"));
        String name = copy.getFileName().toString();
        PostgresServer.configure(
                copy, Map.of("primary_conninfo", connection, "cluster_name", name));
        return PostgresServer.start(
                binaries, copy, copy.resolveSibling(name + ".log"), superuserPassword);
    }

    public PostgresServer primary() {
        return primary;
    }

    /**
     * Returns the first standby.
     *
     * @throws IllegalStateException if none was asked for
     */
    public PostgresServer standby() {
        if (standbys.isEmpty()) {
            throw new IllegalStateException("started without a standby");
        }
        return standbys.getFirst();
    }

    public List<PostgresServer> standbys() {
        return standbys;
    }

    /**
     * Returns when all standbys stream and have replayed all that the primary has committed so far.
     * Does nothing without one.
     *
     * @throws IOException if that takes longer than half a minute
     */
    public void awaitReplay() throws IOException, SQLException {
        for (PostgresServer standby : standbys) {
            awaitReplay(standby);
        }
    }

    private void awaitReplay(PostgresServer standby) throws IOException, SQLException {
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

    /** Stops all, the standbys first. */
    @Override
    public void close() throws IOException {
        IOException trouble = null;
        for (PostgresServer server :
                Stream.concat(standbys.stream(), Stream.of(primary)).toList()) {
            try {
                server.close();
            } catch (IOException e) {
                trouble = e;
            }
        }
        if (trouble != null) {
            throw trouble;
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
