package dev.postern.it;

import dev.postern.server.demo.RandomPassword;
import dev.postern.server.demo.SampleDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** A PostgreSQL primary and its hot standby in containers of the official image. */
final class ContainerPostgres implements PostgresUnderTest {

    private static final int PORT = 5432;
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final String SUPERUSER = "postgres";
    private static final String[] LOGGING = {
        "-c",
        "log_statement=all",
        "-c",
        "log_min_duration_statement=0",
        "-c",
        "log_error_verbosity=verbose"
    };

    private final int majorVersion;
    private final String password;
    private final Network network;
    private final GenericContainer<?> primary;
    private final GenericContainer<?> standby;
    private final SampleDatabase shop;

    private ContainerPostgres(
            int majorVersion,
            String password,
            Network network,
            GenericContainer<?> primary,
            GenericContainer<?> standby,
            SampleDatabase shop) {
        this.majorVersion = majorVersion;
        this.password = password;
        this.network = network;
        this.primary = primary;
        this.standby = standby;
        this.shop = shop;
    }

    @SuppressWarnings("resource") // Closed by close(), or by Testcontainers when this JVM ends.
    static ContainerPostgres start(int majorVersion) throws IOException, SQLException {
        DockerImageName image = DockerImageName.parse("postgres:" + majorVersion);
        String password = RandomPassword.next();
        Network network = Network.newNetwork();
        GenericContainer<?> primary =
                new GenericContainer<>(image)
                        .withNetwork(network)
                        .withNetworkAliases("primary")
                        .withExposedPorts(PORT)
                        .withEnv("POSTGRES_PASSWORD", password)
                        .withCopyToContainer(
                                Transferable.of(
                                        "echo 'host replication all all scram-sha-256' >> \"$PGDATA/pg_hba.conf\"\n"),
                                "/docker-entrypoint-initdb.d/replication.sh")
                        .withCommand(command("postgres"))
                        // The image starts the server once for its own set-up and a second time for
                        // good.
                        .waitingFor(
                                Wait.forLogMessage(
                                                ".*database system is ready to accept connections.*",
                                                2)
                                        .withStartupTimeout(START_LIMIT));
        primary.start();
        GenericContainer<?> standby =
                new GenericContainer<>(image)
                        .withNetwork(network)
                        .withExposedPorts(PORT)
                        .withEnv("PGPASSWORD", password)
                        .withCommand(
                                "bash",
                                "-c",
                                """
                                install -d -o postgres -m 700 /standby &&
                                gosu postgres pg_basebackup -h primary -U postgres -D /standby -R &&
                                exec gosu postgres postgres -D /standby -c listen_addresses='*' %s
                                """
                                        .formatted(String.join(" ", LOGGING)))
                        .waitingFor(
                                Wait.forLogMessage(".*started streaming WAL.*", 1)
                                        .withStartupTimeout(START_LIMIT));
        standby.start();
        Endpoint superuser = endpoint(primary, SUPERUSER, password);
        SampleDatabase shop =
                SampleDatabase.create(database -> superuser.withDatabase(database).connect());
        ContainerPostgres both =
                new ContainerPostgres(majorVersion, password, network, primary, standby, shop);
        both.awaitReplay();
        return both;
    }

    @Override
    public String label() {
        return "PostgreSQL " + majorVersion + " (container)";
    }

    @Override
    public int majorVersion() {
        return majorVersion;
    }

    @Override
    public boolean hasStandby() {
        return true;
    }

    @Override
    public Endpoint primary() {
        return endpoint(primary, SUPERUSER, password);
    }

    @Override
    public Endpoint serving() {
        return endpoint(standby, SampleDatabase.READER, shop.readerPassword());
    }

    @Override
    public ServerLog log() {
        return new ServerLog() {
            @Override
            public long end() {
                return standby.getLogs().length();
            }

            @Override
            public String since(long place) {
                return standby.getLogs().substring(Math.toIntExact(place)).replace("\n\t", "\n");
            }
        };
    }

    @Override
    public void awaitStatement(String text) throws SQLException {
        Statements.awaitBegun(endpoint(standby, SUPERUSER, password), text);
    }

    @Override
    public void awaitReplay() throws SQLException {
        Endpoint copy = endpoint(standby, SUPERUSER, password);
        try (Connection source = primary().connect();
                Statement position = source.createStatement();
                ResultSet flushed = position.executeQuery("SELECT pg_current_wal_flush_lsn()");
                Connection connection = copy.withDatabase("postgres").connect();
                PreparedStatement caughtUp =
                        connection.prepareStatement(
                                "SELECT pg_last_wal_replay_lsn() >= ?::pg_lsn, pg_sleep(0.05)")) {
            flushed.next();
            caughtUp.setString(1, flushed.getString(1));
            boolean done = false;
            while (!done) {
                try (ResultSet answer = caughtUp.executeQuery()) {
                    done = answer.next() && answer.getBoolean(1);
                }
            }
        }
    }

    @Override
    public void close() {
        standby.stop();
        primary.stop();
        network.close();
    }

    @Override
    public String toString() {
        return label();
    }

    private static Endpoint endpoint(GenericContainer<?> container, String user, String password) {
        return new Endpoint(
                container.getHost(),
                container.getMappedPort(PORT),
                SampleDatabase.NAME,
                user,
                password);
    }

    private static String[] command(String program) {
        String[] command = new String[LOGGING.length + 1];
        command[0] = program;
        System.arraycopy(LOGGING, 0, command, 1, LOGGING.length);
        return command;
    }
}
