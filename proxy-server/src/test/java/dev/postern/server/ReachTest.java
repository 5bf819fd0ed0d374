package dev.postern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.server.cli.RunningServer;
import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.secrets.GeneratedCredential;
import dev.postern.server.tls.TestCertificates;
import dev.postern.server.upstream.TestBastion;
import dev.postern.server.upstream.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole Postern before a real server that is hard to reach. */
class ReachTest {

    private static final String SHOWN =
            "select client_dn from pg_stat_ssl where pid = pg_backend_pid()";

    @TempDir private static Path directory;

    private static TestCertificates authority;
    private static TestCertificates.Issued client;
    private static TestPostgres postgres;
    private static GeneratedCredential credential;

    @BeforeAll
    static void startPostgres() {
        credential = GeneratedCredential.create();
        authority = new TestCertificates(directory, "authority");
        TestCertificates.Issued own = authority.issue("server", "localhost");
        client = authority.issue("reader");
        postgres =
                TestPostgres.create(
                        directory.resolve("data"),
                        "hostssl all reader 127.0.0.1/32 scram-sha-256 clientcert=verify-full\n",
                        List.of(
                                "ssl = on",
                                "ssl_cert_file = '" + own.certificate() + "'",
                                "ssl_key_file = '" + own.key() + "'",
                                "ssl_ca_file = '" + authority.authority() + "'"));
        postgres.sql("create role reader login password 'secret'");
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    private static Path configuration(String name, String reach) throws IOException {
        Path home = Files.createDirectories(directory.resolve(name));
        Files.writeString(home.resolve("password"), "secret");
        Files.writeString(home.resolve("ssh.password"), TestBastion.PASSWORD);
        return Files.writeString(
                home.resolve("postern.yaml"),
                """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                gate: {time_limit: 5s}
                upstreams:
                  db:
                    hosts: ["localhost:%d"]
                    user: reader
                    password: "${file:password}"
                    allow_primary: true
                    check_interval: 500ms
                %s
                policies:
                  all: {upstream: db, databases: [postgres]}
                agents:
                  bot: {policy: all, verifier: "%s"}
                """
                        .formatted(
                                postgres.port(), reach.indent(4), credential.verifier().encode()));
    }

    private static String tls(TestCertificates.Issued shown) {
        return "tls: {ca: %s, certificate: %s, key: %s, channel_binding: require}\n"
                .formatted(authority.authority(), shown.certificate(), shown.key());
    }

    private static String ssh(TestBastion bastion, Path knownHosts) {
        return "ssh: {host: \"127.0.0.1:%d\", user: %s, password: \"${file:ssh.password}\", known_hosts: %s, keep_alive: 500ms}\n"
                .formatted(bastion.port(), TestBastion.USER, knownHosts);
    }

    private static RunningServer start(Path configuration) throws Exception {
        return PosternServer.start(ConfigurationLoader.load(configuration));
    }

    private static Connection connect(RunningServer server) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.address().getPort() + "/postgres",
                "bot",
                new String(credential.password().chars()));
    }

    private static String ask(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static String ready(RunningServer server) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://127.0.0.1:"
                                                        + server.adminAddress().getPort()
                                                        + "/readyz"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void eventually(BooleanSupplier condition) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        check(condition, done);
        done.get(30, TimeUnit.SECONDS);
    }

    private static void check(BooleanSupplier condition, CompletableFuture<Void> done) {
        CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)
                .execute(() -> {
                    if (condition.getAsBoolean()) {
                        done.complete(null);
                    } else if (!done.isDone()) {
                        check(condition, done);
                    }
                });
    }

    private static boolean serves(RunningServer server) {
        try (Connection connection = connect(server)) {
            return ask(connection, "select 1").equals("1");
        } catch (SQLException e) {
            return false;
        }
    }

    @Test
    void serverThatAsksForACertificate_agentConnects_isServed() throws Exception {
        RunningServer server = start(configuration("tls", tls(client)));
        try (Connection connection = connect(server)) {
            assertThat(ask(connection, SHOWN)).isEqualTo("/CN=reader");
        } finally {
            server.drain(Duration.ZERO);
        }
    }

    @Test
    void certificateReplaced_reloaded_nextSessionShowsTheNewOne() throws Exception {
        TestCertificates.Issued files =
                new TestCertificates.Issued(
                        directory.resolve("live.crt"), directory.resolve("live.key"));
        put(client, files);
        Path configuration = configuration("reload", tls(files));
        RunningServer server = start(configuration);
        try {
            assertThat(serves(server)).isTrue();
            Files.copy(
                    authority.issue("stranger").key(),
                    files.key(),
                    StandardCopyOption.REPLACE_EXISTING);

            assertThatThrownBy(() -> server.reload(ConfigurationLoader.load(configuration)))
                    .isInstanceOf(UnusableConfigurationException.class)
                    .hasMessageContaining("upstreams.db.tls: " + files.key());
            assertThat(serves(server)).isTrue();

            put(authority.issue("stranger"), files);
            server.reload(ConfigurationLoader.load(configuration));

            assertThat(serves(server)).isFalse();
        } finally {
            server.drain(Duration.ZERO);
        }
    }

    private static void put(TestCertificates.Issued from, TestCertificates.Issued to)
            throws IOException {
        Files.copy(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                from.key(),
                to.key(),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void serverBehindABastion_tunnelKilledAndBack_agentsAreServedAgain() throws Exception {
        try (TestBastion bastion = new TestBastion()) {
            Path knownHosts = bastion.knownHosts(directory.resolve("known_hosts"));
            RunningServer server =
                    start(configuration("ssh", tls(client) + ssh(bastion, knownHosts)));
            try {
                Connection connection = connect(server);
                assertThat(ask(connection, SHOWN)).isEqualTo("/CN=reader");
                assertThat(bastion.logins()).isEqualTo(1);

                bastion.kill();

                assertThatThrownBy(() -> ask(connection, "select 1"))
                        .isInstanceOf(SQLException.class)
                        .extracting(e -> ((SQLException) e).getSQLState())
                        .asString()
                        .startsWith("08");
                eventually(() -> !serves(server));
                assertThat(ready(server)).contains("cannot be reached");

                bastion.start();

                eventually(() -> serves(server));
            } finally {
                server.drain(Duration.ZERO);
            }
        }
    }

    @Test
    void bastionWithAnotherHostKey_started_isNotReadyAndSaysWhy() throws Exception {
        try (TestBastion bastion = new TestBastion()) {
            Path other = bastion.otherKnownHosts(directory.resolve("other_hosts"));
            RunningServer server =
                    start(configuration("stranger", tls(client) + ssh(bastion, other)));
            try {
                assertThat(ready(server))
                        .contains(
                                "ssh: 127.0.0.1:"
                                        + bastion.port()
                                        + " is not trusted: it shows the ecdsa-sha2-nistp256 host key "
                                        + bastion.fingerprint()
                                        + ", and "
                                        + other
                                        + " has another for it");
                assertThat(serves(server)).isFalse();
                assertThat(bastion.logins()).isZero();
            } finally {
                server.drain(Duration.ZERO);
            }
        }
    }
}
