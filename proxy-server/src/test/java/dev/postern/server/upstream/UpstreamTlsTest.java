package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.server.tls.InvalidTlsFileException;
import dev.postern.server.tls.TestCertificates;
import dev.postern.server.tls.UpstreamTls;
import dev.postern.server.tls.UpstreamTls.ChannelBinding;
import dev.postern.server.tls.UpstreamTls.Mode;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server with TLS. What holds for sessions has to hold for Postern's own connections by
 * pgjdbc, so each case is tried both ways.
 */
class UpstreamTlsTest {

    /** As long as those of clouds. */
    private static final String TOKEN = "eyJ0".repeat(400);

    @TempDir private static Path directory;

    private static MultiThreadIoEventLoopGroup group;
    private static EventLoop eventLoop;
    private static TestCertificates authority;
    private static TestCertificates.Issued client;
    private static TestCertificates.Issued stranger;
    private static TestPostgres server;

    @BeforeAll
    static void startServer() {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        eventLoop = group.next();
        authority = new TestCertificates(directory, "authority");
        TestCertificates.Issued own = authority.issue("server", "localhost");
        client = authority.issue("by_certificate");
        stranger = new TestCertificates(directory, "stranger").issue("interceptor", "localhost");
        server =
                TestPostgres.create(
                        directory.resolve("data"),
                        """
                        hostssl all by_certificate 127.0.0.1/32 cert clientcert=verify-full
                        hostssl all by_scram       127.0.0.1/32 scram-sha-256
                        hostssl all by_both        127.0.0.1/32 scram-sha-256 clientcert=verify-ca
                        hostssl all by_md5         127.0.0.1/32 md5
                        hostssl all by_token       127.0.0.1/32 password
                        """,
                        List.of(
                                "ssl = on",
                                "ssl_cert_file = '" + own.certificate() + "'",
                                "ssl_key_file = '" + own.key() + "'",
                                "ssl_ca_file = '" + authority.authority() + "'"));
        server.sql(
                "create role by_certificate login;"
                        + "create role by_scram login password 'secret';"
                        + "create role by_both login password 'secret';"
                        + "create role by_token login password '"
                        + TOKEN
                        + "';"
                        + "set password_encryption = md5;"
                        + "create role by_md5 login password 'secret'");
    }

    @AfterAll
    static void stopServer() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static UpstreamTls tls(
            Mode mode, TestCertificates.@Nullable Issued shown, ChannelBinding binding)
            throws InvalidTlsFileException {
        return UpstreamTls.load(
                new UpstreamTls.Settings(
                        mode,
                        mode == Mode.REQUIRE ? null : authority.authority(),
                        shown == null ? null : shown.certificate(),
                        shown == null ? null : shown.key(),
                        binding));
    }

    private static Future<UpstreamConnection> session(int port, String user, UpstreamTls tls) {
        return session(port, user, _ -> "secret".toCharArray(), tls);
    }

    private static Future<UpstreamConnection> session(
            int port, String user, HostPassword password, UpstreamTls tls) {
        return new UpstreamConnector(
                        NioSocketChannel::new,
                        HostEligibility.ALL,
                        new HostSelection(
                                List.of(new UpstreamHost("localhost", port)),
                                new HostSelection.Settings(
                                        Duration.ZERO, Duration.ZERO, Duration.ZERO),
                                System::nanoTime))
                .connect(
                        eventLoop,
                        new UpstreamTarget(
                                List.of(new UpstreamHost("localhost", port)),
                                user,
                                "postgres",
                                password,
                                tls,
                                Duration.ofSeconds(10),
                                Map.of(),
                                true))
                .awaitUninterruptibly();
    }

    private static String byJdbc(int port, String user, UpstreamTls tls) throws SQLException {
        return byJdbc(port, user, _ -> "secret".toCharArray(), tls);
    }

    private static String byJdbc(int port, String user, HostPassword password, UpstreamTls tls)
            throws SQLException {
        String host = "localhost:" + port;
        try (Connection connection =
                        JdbcConnections.open(
                                new ProbeTarget(
                                        "test",
                                        List.of(host),
                                        user,
                                        password,
                                        List.of("postgres"),
                                        new UpstreamWay(tls, null),
                                        new ProbeTarget.Timing(
                                                Duration.ofSeconds(5), Duration.ofSeconds(5)),
                                        new ProbeTarget.Requirements(true, true, null)),
                                host,
                                "postgres",
                                new JdbcConnections.Options(
                                        "test",
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(10),
                                        false));
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "select coalesce(client_dn, 'none') from pg_stat_ssl where pid = pg_backend_pid()")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void assertServes(int port, String user, UpstreamTls tls, String shown)
            throws SQLException {
        Future<UpstreamConnection> session = session(port, user, tls);
        assertThat(session.cause()).isNull();
        session.getNow().channel().close().syncUninterruptibly();
        assertThat(byJdbc(port, user, tls)).isEqualTo(shown);
    }

    /** Returns why a session does not come about, pgjdbc's connection neither. */
    private static UpstreamFailure failure(int port, String user, UpstreamTls tls) {
        assertThatThrownBy(() -> byJdbc(port, user, tls)).isInstanceOf(SQLException.class);
        Future<UpstreamConnection> session = session(port, user, tls);
        assertThat(session.isSuccess()).isFalse();
        return ((UpstreamException) session.cause()).failure();
    }

    @Test
    void certificateAuthentication_certificateShown_serves() throws Exception {
        assertServes(
                server.port(),
                "by_certificate",
                tls(Mode.VERIFY_FULL, client, ChannelBinding.PREFER),
                "/CN=by_certificate");
    }

    @Test
    void certificateAuthentication_noneShown_isRefused() throws Exception {
        assertThat(
                        failure(
                                server.port(),
                                "by_certificate",
                                tls(Mode.VERIFY_FULL, null, ChannelBinding.PREFER)))
                .isInstanceOf(UpstreamFailure.Refused.class);
    }

    @Test
    void certificateInAdditionToPassword_shown_serves() throws Exception {
        assertServes(
                server.port(),
                "by_both",
                tls(Mode.VERIFY_CA, client, ChannelBinding.REQUIRE),
                "/CN=by_certificate");
    }

    @Test
    void passwordOfTheHost_longAsAToken_serves() throws Exception {
        HostPassword token = host -> (host.port() == server.port() ? TOKEN : "wrong").toCharArray();
        UpstreamTls tls = tls(Mode.VERIFY_FULL, null, ChannelBinding.PREFER);
        Future<UpstreamConnection> session = session(server.port(), "by_token", token, tls);
        assertThat(session.cause()).isNull();
        session.getNow().channel().close().syncUninterruptibly();
        assertThat(byJdbc(server.port(), "by_token", token, tls)).isEqualTo("none");
    }

    @Test
    void certificateOfAnotherAuthority_shown_isRefused() throws Exception {
        assertThat(
                        failure(
                                server.port(),
                                "by_both",
                                tls(Mode.VERIFY_FULL, stranger, ChannelBinding.PREFER)))
                .isInstanceOfAny(
                        UpstreamFailure.TlsFailed.class,
                        UpstreamFailure.Unreachable.class,
                        UpstreamFailure.Refused.class);
    }

    @Test
    void scram_anyChannelBinding_serves() throws Exception {
        for (ChannelBinding binding : ChannelBinding.values()) {
            assertServes(server.port(), "by_scram", tls(Mode.VERIFY_FULL, null, binding), "none");
        }
    }

    @Test
    void channelBindingRequired_loginWithoutScram_isRefused() throws Exception {
        UpstreamTls tls = tls(Mode.VERIFY_FULL, client, ChannelBinding.REQUIRE);

        assertThat(failure(server.port(), "by_md5", tls))
                .isEqualTo(
                        new UpstreamFailure.AuthenticationUnsupported(
                                new UpstreamHost("localhost", server.port()),
                                "MD5, and channel_binding is require"));
        assertThat(failure(server.port(), "by_certificate", tls))
                .isInstanceOf(UpstreamFailure.AuthenticationUnsupported.class);
    }

    @Test
    void interceptor_certificateUnchecked_channelBindingStopsIt() throws Exception {
        try (Interceptor interceptor = new Interceptor(stranger, server.port(), false)) {
            assertServes(
                    interceptor.port(),
                    "by_scram",
                    tls(Mode.REQUIRE, null, ChannelBinding.DISABLE),
                    "none");
            for (ChannelBinding binding : List.of(ChannelBinding.PREFER, ChannelBinding.REQUIRE)) {
                assertThat(
                                failure(
                                        interceptor.port(),
                                        "by_scram",
                                        tls(Mode.REQUIRE, null, binding)))
                        .isInstanceOf(UpstreamFailure.Refused.class);
            }
        }
    }

    @Test
    void interceptorThatHidesChannelBinding_isStoppedByTheServerOrNotTrusted() throws Exception {
        try (Interceptor interceptor = new Interceptor(stranger, server.port(), true)) {
            assertServes(
                    interceptor.port(),
                    "by_scram",
                    tls(Mode.REQUIRE, null, ChannelBinding.DISABLE),
                    "none");
            assertThat(
                            failure(
                                    interceptor.port(),
                                    "by_scram",
                                    tls(Mode.REQUIRE, null, ChannelBinding.PREFER)))
                    .isInstanceOf(UpstreamFailure.Refused.class);
            assertThat(
                            failure(
                                    interceptor.port(),
                                    "by_scram",
                                    tls(Mode.REQUIRE, null, ChannelBinding.REQUIRE)))
                    .isInstanceOf(UpstreamFailure.AuthenticationUnsupported.class);
        }
    }

    @Test
    void interceptor_certificateChecked_isRefused() throws Exception {
        try (Interceptor interceptor = new Interceptor(stranger, server.port(), false)) {
            assertThat(
                            failure(
                                    interceptor.port(),
                                    "by_scram",
                                    tls(Mode.VERIFY_CA, null, ChannelBinding.DISABLE)))
                    .isInstanceOf(UpstreamFailure.TlsFailed.class);
        }
    }

    @Test
    void statementByJdbc_cancelled_endsBy57014() throws Exception {
        UpstreamTls tls = tls(Mode.VERIFY_FULL, client, ChannelBinding.REQUIRE);
        String host = "localhost:" + server.port();
        try (Connection connection =
                        JdbcConnections.open(
                                new ProbeTarget(
                                        "test",
                                        List.of(host),
                                        "by_both",
                                        _ -> "secret".toCharArray(),
                                        List.of("postgres"),
                                        new UpstreamWay(tls, null),
                                        new ProbeTarget.Timing(
                                                Duration.ofSeconds(5), Duration.ofSeconds(5)),
                                        new ProbeTarget.Requirements(true, true, null)),
                                host,
                                "postgres",
                                new JdbcConnections.Options(
                                        "test",
                                        Duration.ofSeconds(10),
                                        Duration.ofSeconds(30),
                                        false));
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);

            assertThatThrownBy(() -> statement.execute("select pg_sleep(20)"))
                    .isInstanceOf(SQLException.class)
                    .extracting(e -> ((SQLException) e).getSQLState())
                    .isEqualTo("57014");
        }
    }

    @Test
    void filesReplaced_refreshed_nextConnectionShowsTheNewCertificate() throws Exception {
        TestCertificates.Issued files =
                new TestCertificates.Issued(
                        directory.resolve("live.crt"), directory.resolve("live.key"));
        put(stranger, files);
        UpstreamTls tls = tls(Mode.VERIFY_FULL, files, ChannelBinding.PREFER);
        failure(server.port(), "by_certificate", tls);
        assertThat(tls.refresh()).isFalse();

        put(client, files);

        assertThat(tls.refresh()).isTrue();
        assertServes(server.port(), "by_certificate", tls, "/CN=by_certificate");
    }

    @Test
    void oneFileOfTwoReplaced_refreshed_isRefusedAndTheFormerServeOn() throws Exception {
        TestCertificates.Issued files =
                new TestCertificates.Issued(
                        directory.resolve("half.crt"), directory.resolve("half.key"));
        put(client, files);
        UpstreamTls tls = tls(Mode.VERIFY_FULL, files, ChannelBinding.PREFER);
        Files.copy(stranger.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);

        assertThatThrownBy(tls::refresh)
                .isInstanceOf(InvalidTlsFileException.class)
                .hasMessageContaining("is not the key of the certificate in");
        assertServes(server.port(), "by_certificate", tls, "/CN=by_certificate");
    }

    @Test
    void keyThatOthersCanRead_loaded_isRefused() throws Exception {
        TestCertificates.Issued open = authority.issue("open");
        for (String permissions : List.of("rw----r--", "rw-rw----")) {
            Files.setPosixFilePermissions(open.key(), PosixFilePermissions.fromString(permissions));

            assertThatThrownBy(() -> tls(Mode.VERIFY_FULL, open, ChannelBinding.PREFER))
                    .isInstanceOf(InvalidTlsFileException.class)
                    .hasMessage(
                            open.key()
                                    + ": others than its owner have access to the private key: chmod 0600 (0640 if root owns it)");
        }
    }

    private static void put(TestCertificates.Issued from, TestCertificates.Issued to)
            throws IOException {
        Files.copy(from.certificate(), to.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(from.key(), to.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(to.key(), PosixFilePermissions.fromString("rw-------"));
    }
}
