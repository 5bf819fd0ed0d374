package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.server.ssh.HostKeys;
import dev.postern.server.ssh.SshSettings;
import dev.postern.server.ssh.SshTunnel;
import dev.postern.server.ssh.TunnelException;
import dev.postern.server.tls.TestCertificates;
import dev.postern.server.tls.UpstreamTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A real server behind a bastion. Sessions and Postern's own connections by pgjdbc go through the
 * same tunnel, so each case is tried both ways.
 */
class UpstreamTunnelTest {

    private static final int ROWS = 200_000;

    @TempDir private static Path directory;

    private static MultiThreadIoEventLoopGroup group;
    private static EventLoop eventLoop;
    private static TestCertificates authority;
    private static TestPostgres server;

    private TestBastion bastion;

    @BeforeAll
    static void startServer() {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        eventLoop = group.next();
        authority = new TestCertificates(directory, "authority");
        TestCertificates.Issued own = authority.issue("server", "localhost");
        server =
                TestPostgres.create(
                        directory.resolve("data"),
                        "host all by_scram 127.0.0.1/32 scram-sha-256\n",
                        List.of(
                                "ssl = on",
                                "ssl_cert_file = '" + own.certificate() + "'",
                                "ssl_key_file = '" + own.key() + "'"));
        server.sql("create role by_scram login password 'secret'");
    }

    @AfterAll
    static void stopServer() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @BeforeEach
    void startBastion() {
        bastion = new TestBastion();
    }

    @AfterEach
    void stopBastion() {
        bastion.close();
    }

    private static SshSettings.Login password(String password) {
        return new SshSettings.Password(password::toCharArray);
    }

    private HostKeys known() {
        return new HostKeys.KnownHosts(bastion.knownHosts(directory.resolve("known_hosts")));
    }

    private SshTunnel tunnel(SshSettings.Login login, HostKeys hostKeys) {
        return tunnel(bastion.port(), login, hostKeys);
    }

    private static SshTunnel tunnel(int port, SshSettings.Login login, HostKeys hostKeys) {
        return new SshTunnel(
                new SshSettings(
                        "test",
                        "127.0.0.1",
                        port,
                        TestBastion.USER,
                        login,
                        hostKeys,
                        Duration.ofSeconds(5),
                        Duration.ofMillis(500)),
                System::nanoTime);
    }

    private static Future<UpstreamConnection> session(UpstreamWay way) {
        return session(way, server.port());
    }

    private static Future<UpstreamConnection> session(UpstreamWay way, int port) {
        return new UpstreamConnector(
                        NioSocketChannel::new,
                        way,
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
                                "by_scram",
                                "postgres",
                                _ -> "secret".toCharArray(),
                                way.tls(),
                                Duration.ofSeconds(20),
                                Map.of(),
                                true))
                .awaitUninterruptibly();
    }

    private static Connection byJdbc(UpstreamWay way) throws SQLException {
        String host = "localhost:" + server.port();
        return JdbcConnections.open(
                new ProbeTarget(
                        "test",
                        List.of(host),
                        "by_scram",
                        _ -> "secret".toCharArray(),
                        List.of("postgres"),
                        way,
                        new ProbeTarget.Timing(Duration.ofSeconds(5), Duration.ofSeconds(5)),
                        new ProbeTarget.Requirements(true, true, null)),
                host,
                "postgres",
                new JdbcConnections.Options(
                        "test", Duration.ofSeconds(20), Duration.ofSeconds(20), false));
    }

    private static void assertServes(UpstreamWay way) throws SQLException {
        Future<UpstreamConnection> session = session(way);
        assertThat(session.cause()).isNull();
        assertThat(query(session.getNow(), "select 'here'")).contains("here");
        session.getNow().channel().close().syncUninterruptibly();
        try (Connection connection = byJdbc(way);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select 'there'")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("there");
        }
    }

    /** Returns why there is no session; pgjdbc has to fail for the same reason, in words. */
    private static String failure(SshTunnel tunnel) {
        UpstreamWay way = new UpstreamWay(UpstreamTls.disabled(), tunnel);
        Future<UpstreamConnection> session = session(way);
        assertThat(session.isSuccess()).isFalse();
        UpstreamFailure failure = ((UpstreamException) session.cause()).failure();
        assertThat(failure).isInstanceOf(UpstreamFailure.Unreachable.class);
        String reason = ((UpstreamFailure.Unreachable) failure).reason();
        assertThatThrownBy(() -> byJdbc(way))
                .isInstanceOf(SQLException.class)
                .extracting(e -> JdbcConnections.words((SQLException) e))
                .asString()
                .contains(reason.replaceAll("; not tried.*", ""));
        return reason;
    }

    /** Sends a Query and returns all that comes up to ReadyForQuery, as text. */
    private static String query(UpstreamConnection connection, String sql) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        connection
                .channel()
                .pipeline()
                .addLast(
                        new SimpleChannelInboundHandler<ByteBuf>() {
                            private final StringBuilder received = new StringBuilder();

                            @Override
                            protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                                received.append(bytes.toString(StandardCharsets.ISO_8859_1));
                                if (received.indexOf(
                                                "Z\0\0\0\5", Math.max(0, received.length() - 8))
                                        >= 0) {
                                    ctx.pipeline().remove(this);
                                    answer.complete(received.toString());
                                }
                            }

                            @Override
                            public void channelInactive(ChannelHandlerContext ctx) {
                                answer.completeExceptionally(new IOException("closed"));
                            }
                        });
        byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
        connection
                .channel()
                .writeAndFlush(
                        Unpooled.buffer()
                                .writeByte('Q')
                                .writeInt(text.length + 4)
                                .writeBytes(text));
        connection.channel().config().setAutoRead(true);
        return answer.orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Test
    void rightHostKeyAndPassword_connect_serveThroughOneLogin() throws Exception {
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            assertServes(new UpstreamWay(UpstreamTls.disabled(), tunnel));
            assertThat(bastion.logins()).isEqualTo(1);
        }
    }

    @Test
    void rightFingerprintAndKeyWithPassphrase_connect_serve() throws Exception {
        Path key = bastion.userKey(directory.resolve("id"), "open sesame");
        try (SshTunnel tunnel =
                tunnel(
                        new SshSettings.Key(key, "open sesame"::toCharArray),
                        new HostKeys.Fingerprint(bastion.fingerprint()))) {
            assertServes(new UpstreamWay(UpstreamTls.disabled(), tunnel));
        }
    }

    @Test
    void tlsInTheTunnel_connect_isCheckedForTheHostBehind() throws Exception {
        UpstreamTls tls = UpstreamTls.load(UpstreamTls.Mode.VERIFY_FULL, authority.authority());
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            assertServes(new UpstreamWay(tls, tunnel));
        }
    }

    @Test
    void anotherHostKey_connect_isRefusedBeforeAnythingIsSent() {
        Path other = bastion.otherKnownHosts(directory.resolve("other_hosts"));
        try (SshTunnel tunnel =
                tunnel(password(TestBastion.PASSWORD), new HostKeys.KnownHosts(other))) {
            assertThat(failure(tunnel))
                    .startsWith(
                            "ssh: 127.0.0.1:"
                                    + bastion.port()
                                    + " is not trusted: it shows the ecdsa-sha2-nistp256 host key "
                                    + bastion.fingerprint()
                                    + ", and "
                                    + other
                                    + " has another for it");
            assertThat(bastion.logins()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecdsa-sha2-nistp256", "ssh-rsa", "ssh-ed25519"})
    void severalHostKeys_oneOfThemKnown_serves(String known) throws Exception {
        List<String> types =
                new ArrayList<>(List.of("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"));
        types.remove(known);
        types.add(known);
        try (TestBastion several = new TestBastion(types.toArray(String[]::new));
                SshTunnel tunnel =
                        tunnel(
                                several.port(),
                                password(TestBastion.PASSWORD),
                                new HostKeys.KnownHosts(
                                        several.knownHosts(directory.resolve("one_host"))))) {
            assertServes(new UpstreamWay(UpstreamTls.disabled(), tunnel));
        }
    }

    @Test
    void unknownHost_connect_isRefused() throws Exception {
        Path empty = Files.writeString(directory.resolve("no_hosts"), "");
        try (SshTunnel tunnel =
                tunnel(password(TestBastion.PASSWORD), new HostKeys.KnownHosts(empty))) {
            assertThat(failure(tunnel))
                    .contains("is not trusted: it shows the ecdsa-sha2-nistp256 host key ")
                    .contains(empty + " has none for it");
        }
    }

    @Test
    void revokedHostKey_connect_isRefused() throws Exception {
        Path file = bastion.knownHosts(directory.resolve("revoked_hosts"));
        Files.writeString(
                file,
                "@revoked * " + Files.readString(file).split(" ", 2)[1],
                StandardOpenOption.APPEND);
        try (SshTunnel tunnel =
                tunnel(password(TestBastion.PASSWORD), new HostKeys.KnownHosts(file))) {
            assertThat(failure(tunnel)).contains("which is revoked in " + file);
        }
    }

    @Test
    void noKnownHostsFile_connect_isRefused() {
        Path absent = directory.resolve("absent");
        try (SshTunnel tunnel =
                tunnel(password(TestBastion.PASSWORD), new HostKeys.KnownHosts(absent))) {
            assertThat(failure(tunnel)).contains("is not trusted: " + absent + " cannot be read");
        }
    }

    @Test
    void anotherFingerprint_connect_isRefused() {
        String other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        try (SshTunnel tunnel =
                tunnel(password(TestBastion.PASSWORD), new HostKeys.Fingerprint(other))) {
            assertThat(failure(tunnel)).contains(", host_key is " + other);
        }
    }

    @Test
    void wrongPassword_connect_isRefusedWithoutShowingIt() {
        try (SshTunnel tunnel = tunnel(password("hunter2"), known())) {
            assertThat(failure(tunnel))
                    .startsWith(
                            "ssh: 127.0.0.1:"
                                    + bastion.port()
                                    + " refuses the login of tunnel by password")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void wrongPassphrase_checked_isRefused() {
        Path key = bastion.userKey(directory.resolve("locked"), "open sesame");
        SshSettings settings =
                new SshSettings(
                        "test",
                        "127.0.0.1",
                        bastion.port(),
                        TestBastion.USER,
                        new SshSettings.Key(key, "wrong"::toCharArray),
                        known(),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5));

        assertThatThrownBy(settings::check)
                .isInstanceOf(TunnelException.class)
                .hasMessage(
                        "ssh: " + key + " is no private key that can be read with that passphrase");
    }

    @Test
    void bastionThatForwardsNothing_connect_saysSo() {
        bastion.forwardNothing();
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            assertThat(failure(tunnel))
                    .startsWith(
                            "ssh: 127.0.0.1:"
                                    + bastion.port()
                                    + " does not connect to localhost:"
                                    + server.port()
                                    + ": it does not allow this (AllowTcpForwarding, PermitOpen)");
        }
    }

    @Test
    void nobodyBehindTheBastion_connect_saysSo() throws Exception {
        int dead;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = socket.getLocalPort();
        }
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            Future<UpstreamConnection> session =
                    session(new UpstreamWay(UpstreamTls.disabled(), tunnel), dead);
            assertThat(((UpstreamException) session.cause()).failure())
                    .isEqualTo(
                            new UpstreamFailure.Unreachable(
                                    new UpstreamHost("localhost", dead),
                                    "ssh: 127.0.0.1:"
                                            + bastion.port()
                                            + " does not connect to localhost:"
                                            + dead
                                            + ": it cannot reach it"));
        }
    }

    @Test
    void silentBastion_connect_failsInTime() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                SshTunnel tunnel =
                        tunnel(silent.getLocalPort(), password(TestBastion.PASSWORD), known())) {
            assertThat(failure(tunnel)).startsWith("ssh: 127.0.0.1:" + silent.getLocalPort());
        }
    }

    @Test
    void bastionKilled_sessionsEnd_andServeAgainWhenItIsBack() throws Exception {
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            UpstreamWay way = new UpstreamWay(UpstreamTls.disabled(), tunnel);
            UpstreamConnection session = session(way).getNow();
            session.channel().config().setAutoRead(true);
            Connection connection = byJdbc(way);

            bastion.kill();

            assertThat(session.channel().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> connection.createStatement().execute("select 1"))
                    .isInstanceOf(SQLException.class);
            assertThat(failure(tunnel)).contains("cannot be reached: ");

            bastion.start();

            CompletableFuture<Void> back = new CompletableFuture<>();
            retry(way, back);
            back.get(20, TimeUnit.SECONDS);
            assertServes(way);
        }
    }

    /** Tries until it serves: until then the tunnel backs off. */
    private static void retry(UpstreamWay way, CompletableFuture<Void> back) {
        CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS)
                .execute(() -> {
                    Future<UpstreamConnection> session = session(way);
                    if (session.isSuccess()) {
                        session.getNow().channel().close();
                        back.complete(null);
                    } else if (!back.isDone()) {
                        retry(way, back);
                    }
                });
    }

    @Test
    void largeResult_read_arrivesWhole() throws Exception {
        String sql = "select i, repeat('x', 100) from generate_series(1, " + ROWS + ") as i";
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            UpstreamWay way = new UpstreamWay(UpstreamTls.disabled(), tunnel);
            UpstreamConnection session = session(way).getNow();
            assertThat(query(session, sql)).contains("SELECT " + ROWS);
            session.channel().close().syncUninterruptibly();
            try (Connection connection = byJdbc(way);
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                int count = 0;
                while (rows.next()) {
                    assertThat(rows.getInt(1)).isEqualTo(++count);
                }
                assertThat(count).isEqualTo(ROWS);
            }
        }
    }

    @Test
    void largeStatement_written_arrivesWhole() throws Exception {
        String text = "y".repeat(1_000_000);
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            UpstreamWay way = new UpstreamWay(UpstreamTls.disabled(), tunnel);
            UpstreamConnection session = session(way).getNow();
            assertThat(query(session, "select length('" + text + "')")).contains("1000000");
            session.channel().close().syncUninterruptibly();
        }
    }

    @Test
    void sessionThatDoesNotRead_holdsBackTheServer() throws Exception {
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            UpstreamWay way = new UpstreamWay(UpstreamTls.disabled(), tunnel);
            UpstreamConnection stalled = session(way).getNow();
            byte[] text =
                    "select repeat('x', 1000) from generate_series(1, 1000000)\0"
                            .getBytes(StandardCharsets.US_ASCII);
            stalled.channel()
                    .writeAndFlush(
                            Unpooled.buffer()
                                    .writeByte('Q')
                                    .writeInt(text.length + 4)
                                    .writeBytes(text));

            assertServes(way);
            server.sql(
                    """
                    do $$ begin
                      for i in 1..100 loop
                        perform pg_stat_clear_snapshot();
                        if exists (select from pg_stat_activity where wait_event = 'ClientWrite') then return; end if;
                        perform pg_sleep(0.1);
                      end loop;
                      raise 'the server is not held back';
                    end $$\
                    """);
            stalled.channel().close().syncUninterruptibly();
        }
    }

    @Test
    void runningStatement_cancelledThroughTheTunnel_endsBy57014() throws Exception {
        try (SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known())) {
            UpstreamWay way = new UpstreamWay(UpstreamTls.disabled(), tunnel);
            UpstreamConnection connection = session(way).getNow();
            CompletableFuture<String> answer =
                    CompletableFuture.supplyAsync(() -> query(connection, "select pg_sleep(9)"));
            while (!answer.isDone()) {
                Future<Void> cancelled =
                        new UpstreamCancel(NioSocketChannel::new)
                                .cancel(eventLoop, connection, way.tls(), Duration.ofSeconds(5))
                                .awaitUninterruptibly();
                assertThat(cancelled.cause()).isNull();
            }
            assertThat(answer.join()).contains("57014");
            connection.channel().close().syncUninterruptibly();
        }
    }

    @Test
    void tunnelClosed_connect_saysSo() {
        SshTunnel tunnel = tunnel(password(TestBastion.PASSWORD), known());
        tunnel.close();

        assertThat(failure(tunnel)).isEqualTo("ssh: the tunnel is closed");
    }
}
