package dev.postern.it;

import dev.postern.server.demo.Directories;
import dev.postern.server.demo.EmbeddedPostgres;
import dev.postern.server.demo.PostgresBinaries;
import dev.postern.server.demo.PostgresServer;
import dev.postern.server.demo.SampleDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** A PostgreSQL of this machine: Debian's, or one unpacked from a Maven artifact. */
final class LocalPostgres implements PostgresUnderTest {

    private static final Map<String, String> SETTINGS =
            Map.of(
                    "log_statement",
                    "all",
                    "log_min_duration_statement",
                    "0",
                    "log_error_verbosity",
                    "verbose");

    private final String label;
    private final int majorVersion;
    private final Path directory;
    private final boolean hasStandby;
    private final EmbeddedPostgres servers;
    private final SampleDatabase shop;

    private LocalPostgres(
            String label,
            int majorVersion,
            Path directory,
            boolean hasStandby,
            EmbeddedPostgres servers,
            SampleDatabase shop) {
        this.label = label;
        this.majorVersion = majorVersion;
        this.directory = directory;
        this.hasStandby = hasStandby;
        this.servers = servers;
        this.shop = shop;
    }

    static LocalPostgres start(
            String label, int majorVersion, PostgresBinaries binaries, boolean standby)
            throws IOException, SQLException {
        Path directory = Files.createTempDirectory("postern-it-");
        EmbeddedPostgres servers =
                EmbeddedPostgres.start(
                        binaries,
                        directory,
                        new EmbeddedPostgres.Options(standby ? 1 : 0, SETTINGS, List.of()),
                        step -> {});
        SampleDatabase shop = SampleDatabase.create(servers.primary());
        servers.awaitReplay();
        return new LocalPostgres(label, majorVersion, directory, standby, servers, shop);
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public int majorVersion() {
        return majorVersion;
    }

    @Override
    public boolean hasStandby() {
        return hasStandby;
    }

    @Override
    public Endpoint primary() {
        PostgresServer primary = servers.primary();
        return new Endpoint(
                "127.0.0.1",
                primary.port(),
                SampleDatabase.NAME,
                PostgresServer.SUPERUSER,
                primary.superuserPassword());
    }

    @Override
    public Endpoint serving() {
        return new Endpoint(
                "127.0.0.1",
                server().port(),
                SampleDatabase.NAME,
                SampleDatabase.READER,
                shop.readerPassword());
    }

    @Override
    public ServerLog log() {
        return new LogFile(server().log());
    }

    @Override
    public void awaitReplay() throws IOException, SQLException {
        servers.awaitReplay();
    }

    @Override
    public void awaitStatement(String text) throws SQLException {
        Statements.awaitBegun(serving().as(PostgresServer.SUPERUSER, primary().password()), text);
    }

    /**
     * Kills the server that Postern stands before, with all its processes, as a crash of its
     * machine would.
     */
    void killServing() throws IOException {
        server().kill();
    }

    /**
     * Starts that server again, on the port it had. A standby begins where it last was safe, so it
     * has to catch up.
     */
    void startServing() throws IOException, SQLException {
        server().restart();
        servers.awaitReplay();
    }

    private PostgresServer server() {
        return hasStandby ? servers.standby() : servers.primary();
    }

    @Override
    public void close() throws IOException {
        servers.close();
        Directories.delete(directory);
    }

    @Override
    public String toString() {
        return label;
    }
}
