package dev.postern.server.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One PostgreSQL server on a free port of 127.0.0.1, reachable by password over TCP only. Its data
 * is worth nothing: it runs without fsync. It stops with this object, and with this JVM at the
 * latest.
 */
public final class PostgresServer implements Superuser, AutoCloseable {

    /** The superuser that {@code initdb} makes. */
    public static final String SUPERUSER = "postgres";

    private static final String HOST = "127.0.0.1";
    private static final int START_ATTEMPTS = 3;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(10);
    private static final int PID_FILE_STATUS_LINE = 7;
    private static final Set<String> ACCEPTING = Set.of("ready", "standby");

    private static final Map<String, String> THROW_AWAY_SETTINGS =
            Map.of(
                    "listen_addresses", HOST,
                    "unix_socket_directories", "",
                    "fsync", "off",
                    "full_page_writes", "off",
                    "shared_buffers", "64MB",
                    "max_connections", "200",
                    "wal_retrieve_retry_interval", "200ms",
                    "log_line_prefix", "%m [%p] %u@%d ",
                    "log_timezone", "UTC");

    private final PostgresBinaries binaries;
    private final Path data;
    private final Path log;
    private final int port;
    private final String superuserPassword;
    private SupervisedProcess process;

    private PostgresServer(
            PostgresBinaries binaries, Path data, Path log, int port, String superuserPassword)
            throws IOException {
        this.binaries = binaries;
        this.data = data;
        this.log = log;
        this.port = port;
        this.superuserPassword = superuserPassword;
        this.process = launch();
    }

    /**
     * Makes a data folder.
     *
     * @param data where; must not exist
     * @param hba lines of {@code pg_hba.conf}, in order
     */
    static void initialize(
            PostgresBinaries binaries, Path data, String superuserPassword, List<String> hba)
            throws IOException {
        Path passwordFile =
                Files.createFile(
                        data.resolveSibling(data.getFileName() + ".pw"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(passwordFile, superuserPassword);
            SupervisedProcess.run(
                    List.of(
                            binaries.program("initdb").toString(),
                            "--pgdata=" + data,
                            "--username=" + SUPERUSER,
                            "--pwfile=" + passwordFile,
                            "--auth=scram-sha-256",
                            "--encoding=UTF8",
                            "--locale=C",
                            "--no-sync"),
                    passwordFile);
        } finally {
            Files.delete(passwordFile);
        }
        Files.write(data.resolve("pg_hba.conf"), hba);
        configure(data, THROW_AWAY_SETTINGS);
    }

    /**
     * Adds settings to a data folder's {@code postgresql.conf}; the last word on a setting wins.
     */
    static void configure(Path data, Map<String, String> settings) throws IOException {
        List<String> lines = new ArrayList<>();
        settings.forEach(
                (name, value) -> lines.add(name + " = '" + value.replace("'", "''") + "'"));
        Files.write(data.resolve("postgresql.conf"), lines, StandardOpenOption.APPEND);
    }

    /**
     * Starts a server and returns when it accepts connections.
     *
     * @throws IOException with the end of its log, if it does not
     */
    static PostgresServer start(
            PostgresBinaries binaries, Path data, Path log, String superuserPassword)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            PostgresServer server =
                    new PostgresServer(binaries, data, log, freePort(), superuserPassword);
            if (server.acceptsInTime()) {
                return server;
            }
            server.close();
            // Another process may have taken the port between its choice and its use.
            if (attempt == START_ATTEMPTS) {
                throw new IOException("PostgreSQL did not start:\n" + server.endOfLog());
            }
        }
    }

    /** Returns the address that clients connect to. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public int port() {
        return port;
    }

    public String superuserPassword() {
        return superuserPassword;
    }

    /** Returns the file that the server logs to. */
    public Path log() {
        return log;
    }

    /** Returns the process id of the postmaster. */
    public long pid() throws IOException {
        return Long.parseLong(pidFileLines().getFirst());
    }

    @Override
    public Connection connect(String database) throws SQLException {
        return connect(database, SUPERUSER, superuserPassword);
    }

    /** Opens a connection. */
    public Connection connect(String database, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "postern demo");
        return DriverManager.getConnection(
                "jdbc:postgresql://" + HOST + ":" + port + "/" + database, properties);
    }

    /** Returns all of the server's processes, the postmaster first. */
    public List<ProcessHandle> processes() throws IOException {
        ProcessHandle postmaster = ProcessHandle.of(pid()).orElseThrow();
        return Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    }

    /** Ends all of the server's processes at once, as a crash of its machine would. */
    public void kill() throws IOException {
        processes().forEach(ProcessHandle::destroyForcibly);
        process.close();
        Files.deleteIfExists(pidFile());
    }

    /**
     * Starts the server again after {@link #kill}, on the port it had.
     *
     * @throws IOException with the end of its log, if it does not start
     */
    public void restart() throws IOException {
        process = launch();
        if (!acceptsInTime()) {
            throw new IOException("PostgreSQL did not start again:\n" + endOfLog());
        }
    }

    /** Stops the server in order. */
    @Override
    public void close() throws IOException {
        process.close();
    }

    private SupervisedProcess launch() throws IOException {
        return SupervisedProcess.start(
                List.of(
                        binaries.program("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-p",
                        Integer.toString(port)),
                data,
                log);
    }

    private boolean acceptsInTime() throws IOException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!process.hasEndedWithin(POLL) && System.nanoTime() < deadline) {
            List<String> lines = pidFileLines();
            if (lines.size() > PID_FILE_STATUS_LINE
                    && ACCEPTING.contains(lines.get(PID_FILE_STATUS_LINE).strip())) {
                return true;
            }
        }
        return false;
    }

    /** Returns the lines of {@code postmaster.pid}, none before it exists. */
    private List<String> pidFileLines() throws IOException {
        try {
            return Files.readAllLines(pidFile(), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private Path pidFile() {
        return data.resolve("postmaster.pid");
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
