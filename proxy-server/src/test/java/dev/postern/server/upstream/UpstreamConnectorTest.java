package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.postern.server.tls.InvalidTlsFileException;
import dev.postern.server.tls.TestCertificates;
import dev.postern.server.tls.UpstreamTls;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers: a primary with TLS, and a standby without. */
class UpstreamConnectorTest {

    private static final Map<String, String> PINNED =
            Map.of("default_transaction_read_only", "on", "client_encoding", "UTF8");

    private static final HostSelection.Settings SELECTION =
            new HostSelection.Settings(Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ZERO);

    @TempDir private static Path directory;

    private static MultiThreadIoEventLoopGroup group;
    private static EventLoop eventLoop;
    private static TestCertificates authority;
    private static TestPostgres primary;
    private static TestPostgres standby;

    @BeforeAll
    static void startServers() {
        group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        eventLoop = group.next();
        authority = new TestCertificates(directory, "authority");
        TestCertificates.Issued server = authority.issue("server", "localhost");
        String hba =
                """
                host all by_scram 127.0.0.1/32 scram-sha-256
                host all by_md5 127.0.0.1/32 md5
                host all by_cleartext 127.0.0.1/32 password
                host all by_trust 127.0.0.1/32 trust
                """;
        List<String> tls =
                List.of(
                        "ssl = on",
                        "ssl_cert_file = '" + server.certificate() + "'",
                        "ssl_key_file = '" + server.key() + "'");
        primary = TestPostgres.create(directory.resolve("primary"), hba, tls);
        primary.sql(
                "create role by_scram login password 'päss wörd';"
                        + "create role by_cleartext login password 'päss wörd';"
                        + "create role by_trust login;"
                        + "set password_encryption = md5;"
                        + "create role by_md5 login password 'päss wörd'");
        primary.stop();
        standby = TestPostgres.standbyOf(primary, directory.resolve("standby"), List.of());
        primary.start(tls);
    }

    @AfterAll
    static void stopServers() {
        standby.close();
        primary.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static UpstreamHost standbyHost() {
        return new UpstreamHost("127.0.0.1", standby.port());
    }

    private static UpstreamHost primaryHost(String name) {
        return new UpstreamHost(name, primary.port());
    }

    private static UpstreamTarget target(UpstreamHost host, String user) {
        return target(List.of(host), user, "päss wörd", UpstreamTls.disabled(), true);
    }

    private static UpstreamTarget target(
            List<UpstreamHost> hosts,
            String user,
            String password,
            UpstreamTls tls,
            boolean allowPrimary) {
        return new UpstreamTarget(
                hosts,
                user,
                "postgres",
                host -> password.toCharArray(),
                tls,
                Duration.ofSeconds(10),
                PINNED,
                allowPrimary);
    }

    private static UpstreamTls tls(UpstreamTls.Mode mode) throws InvalidTlsFileException {
        return UpstreamTls.load(mode, authority.authority());
    }

    private static Future<UpstreamConnection> connect(UpstreamTarget target) {
        return connect(target, HostEligibility.ALL);
    }

    private static Future<UpstreamConnection> connect(
            UpstreamTarget target, HostEligibility eligibility) {
        return new UpstreamConnector(
                        NioSocketChannel::new,
                        eligibility,
                        new HostSelection(target.hosts(), SELECTION, System::nanoTime))
                .connect(eventLoop, target)
                .awaitUninterruptibly();
    }

    private static void assertConnects(UpstreamTarget target) {
        Future<UpstreamConnection> result = connect(target);
        assertThat(result.cause()).isNull();
        assertThat(query(result.getNow(), "show default_transaction_read_only")).contains("on");
        result.getNow().channel().close().syncUninterruptibly();
    }

    private static <T extends UpstreamFailure> ObjectAssert<T> assertFails(
            UpstreamTarget target, Class<T> failure) {
        Future<UpstreamConnection> result = connect(target);
        assertThat(result.isSuccess()).isFalse();
        return assertThat(result.cause())
                .isInstanceOf(UpstreamException.class)
                .extracting(cause -> ((UpstreamException) cause).failure())
                .asInstanceOf(type(failure));
    }

    /** Sends a Query and returns all that comes up to ReadyForQuery, as text. */
    private static String query(UpstreamConnection connection, String sql) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        connection
                .channel()
                .pipeline()
                .addLast(
                        new SimpleChannelInboundHandler<io.netty.buffer.ByteBuf>() {
                            private final StringBuilder received = new StringBuilder();

                            @Override
                            protected void channelRead0(
                                    ChannelHandlerContext ctx, io.netty.buffer.ByteBuf bytes) {
                                received.append(bytes.toString(StandardCharsets.ISO_8859_1));
                                if (received.indexOf("Z\0\0\0\5") >= 0) {
                                    ctx.pipeline().remove(this);
                                    answer.complete(received.toString());
                                }
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
        return answer.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void scramUser_connects_isReadyWithParametersAndKey() {
        UpstreamConnection connection = connect(target(standbyHost(), "by_scram")).getNow();

        assertThat(connection.parameterStatus())
                .containsEntry("client_encoding", "UTF8")
                .containsEntry("default_transaction_read_only", "on");
        assertThat(connection.inHotStandby()).isTrue();
        assertThat(connection.key()).isNotNull();
        assertThat(connection.channel().config().isAutoRead()).isFalse();
        assertThat(connection.channel().pipeline().toMap()).isEmpty();
        assertThat(query(connection, "select 'here'")).contains("here");
        connection.channel().close().syncUninterruptibly();
    }

    @Test
    void md5User_connects_isReady() {
        assertConnects(target(standbyHost(), "by_md5"));
    }

    @Test
    void trustedUser_connects_isReady() {
        assertConnects(target(standbyHost(), "by_trust"));
    }

    @Test
    void cleartextUser_connectsByTls_isReady() throws Exception {
        assertConnects(
                target(
                        List.of(primaryHost("127.0.0.1")),
                        "by_cleartext",
                        "päss wörd",
                        tls(UpstreamTls.Mode.REQUIRE),
                        true));
    }

    @Test
    void cleartextUser_connectsWithoutTls_passwordIsNotSent() {
        assertFails(
                target(standbyHost(), "by_cleartext"),
                UpstreamFailure.AuthenticationUnsupported.class);
    }

    @Test
    void scramUser_connectsByTls_isReady() throws Exception {
        assertConnects(
                target(
                        List.of(primaryHost("localhost")),
                        "by_scram",
                        "päss wörd",
                        tls(UpstreamTls.Mode.VERIFY_FULL),
                        true));
    }

    @Test
    void certificateForAnotherName_verifyFull_isRefused() throws Exception {
        assertFails(
                target(
                        List.of(primaryHost("127.0.0.1")),
                        "by_scram",
                        "päss wörd",
                        tls(UpstreamTls.Mode.VERIFY_FULL),
                        true),
                UpstreamFailure.TlsFailed.class);
    }

    @Test
    void certificateForAnotherName_verifyCa_isReady() throws Exception {
        assertConnects(
                target(
                        List.of(primaryHost("127.0.0.1")),
                        "by_scram",
                        "päss wörd",
                        tls(UpstreamTls.Mode.VERIFY_CA),
                        true));
    }

    @Test
    void certificateOfAnotherAuthority_verifyCa_isRefused() throws Exception {
        TestCertificates other = new TestCertificates(directory, "other");
        assertFails(
                target(
                        List.of(primaryHost("localhost")),
                        "by_scram",
                        "päss wörd",
                        UpstreamTls.load(UpstreamTls.Mode.VERIFY_CA, other.authority()),
                        true),
                UpstreamFailure.TlsFailed.class);
    }

    @Test
    void certificateOfUnknownAuthority_requireWithoutAuthorities_isReady() throws Exception {
        assertConnects(
                target(
                        List.of(primaryHost("127.0.0.1")),
                        "by_scram",
                        "päss wörd",
                        UpstreamTls.load(UpstreamTls.Mode.REQUIRE, null),
                        true));
    }

    @Test
    void serverWithoutTls_tlsRequired_isRefused() throws Exception {
        assertFails(
                target(
                        List.of(standbyHost()),
                        "by_scram",
                        "päss wörd",
                        tls(UpstreamTls.Mode.REQUIRE),
                        true),
                UpstreamFailure.TlsRefused.class);
    }

    @Test
    void wrongPassword_connects_agentLearnsNothingOfTheRole() {
        assertFails(
                        target(
                                List.of(standbyHost()),
                                "by_scram",
                                "wrong",
                                UpstreamTls.disabled(),
                                true),
                        UpstreamFailure.Refused.class)
                .satisfies(refused -> {
                    assertThat(refused.error().sqlState()).isEqualTo("28P01");
                    assertThat(refused.toErrorResponse().sqlState()).isEqualTo("08001");
                    assertThat(refused.toErrorResponse().message()).doesNotContain("by_scram");
                });
    }

    @Test
    void unknownDatabase_connects_agentGetsPostgresOwnError() {
        UpstreamTarget target =
                new UpstreamTarget(
                        List.of(standbyHost()),
                        "by_scram",
                        "nowhere",
                        host -> "päss wörd".toCharArray(),
                        UpstreamTls.disabled(),
                        Duration.ofSeconds(10),
                        PINNED,
                        true);
        assertFails(target, UpstreamFailure.Refused.class)
                .satisfies(refused -> {
                    assertThat(refused.toErrorResponse().sqlState()).isEqualTo("3D000");
                    assertThat(refused.toErrorResponse().message())
                            .isEqualTo("database \"nowhere\" does not exist");
                });
    }

    @Test
    void primary_notAllowed_isRefused() {
        assertFails(
                        target(
                                List.of(primaryHost("127.0.0.1")),
                                "by_scram",
                                "päss wörd",
                                UpstreamTls.disabled(),
                                false),
                        UpstreamFailure.NotStandby.class)
                .satisfies(failure ->
                        assertThat(failure.toErrorResponse().sqlState()).isEqualTo("57P03"));
    }

    @Test
    void primaryBeforeStandby_primaryNotAllowed_standbyIsTaken() {
        Future<UpstreamConnection> result =
                connect(
                        target(
                                List.of(primaryHost("127.0.0.1"), standbyHost()),
                                "by_scram",
                                "päss wörd",
                                UpstreamTls.disabled(),
                                false));
        assertThat(result.getNow().host()).isEqualTo(standbyHost());
        result.getNow().channel().close().syncUninterruptibly();
    }

    @Test
    void deadHostFirst_connects_nextIsTaken() throws IOException {
        int deadPort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            deadPort = socket.getLocalPort();
        }
        Future<UpstreamConnection> result =
                connect(
                        target(
                                List.of(new UpstreamHost("127.0.0.1", deadPort), standbyHost()),
                                "by_scram",
                                "päss wörd",
                                UpstreamTls.disabled(),
                                false));
        assertThat(result.getNow().host()).isEqualTo(standbyHost());
        result.getNow().channel().close().syncUninterruptibly();
    }

    @Test
    void noHostServes_connects_eachReasonIsKept() throws IOException {
        UpstreamHost dead = new UpstreamHost("127.0.0.1", freePort());
        UpstreamHost late = new UpstreamHost("late.db", 5432);
        Objection behind = new Objection.Behind(42, Duration.ofSeconds(30));
        Future<UpstreamConnection> result =
                connect(
                        target(
                                List.of(dead, primaryHost("127.0.0.1"), late),
                                "by_scram",
                                "päss wörd",
                                UpstreamTls.disabled(),
                                false),
                        (host, maxLag) -> host.equals(late) ? List.of(behind) : List.of());
        assertThat(result.cause())
                .asInstanceOf(type(UpstreamException.class))
                .extracting(UpstreamException::failure)
                .asInstanceOf(type(UpstreamFailure.NoEligibleHost.class))
                .satisfies(none -> {
                    assertThat(none.reasons())
                            .hasSize(3)
                            .containsEntry(late, List.of(behind))
                            .containsEntry(
                                    primaryHost("127.0.0.1"), List.of(new Objection.Primary()));
                    assertThat(none.reasons().get(dead))
                            .singleElement()
                            .extracting(Objection::kind)
                            .isEqualTo(Objection.Kind.UNREACHABLE);
                    assertThat(none.toString()).contains("late.db:5432: its replay is 42.0 s");
                });
    }

    @Test
    void hostWithFewerConnections_connects_isTakenUntilTheOtherIsClosed() {
        List<UpstreamHost> both = List.of(standbyHost(), primaryHost("127.0.0.1"));
        HostSelection selection = new HostSelection(both, SELECTION, System::nanoTime);
        UpstreamConnector connector =
                new UpstreamConnector(NioSocketChannel::new, HostEligibility.ALL, selection);
        UpstreamTarget target = target(both, "by_scram", "päss wörd", UpstreamTls.disabled(), true);
        UpstreamConnection first =
                connector.connect(eventLoop, target).awaitUninterruptibly().getNow();
        UpstreamConnection second =
                connector.connect(eventLoop, target).awaitUninterruptibly().getNow();
        assertThat(List.of(first.host(), second.host())).containsExactlyElementsOf(both);
        second.channel().close().syncUninterruptibly();
        assertThat(selection.numbers(second.host()).connections()).isZero();
        UpstreamConnection third =
                connector.connect(eventLoop, target).awaitUninterruptibly().getNow();
        assertThat(third.host()).isEqualTo(second.host());
        first.channel().close().syncUninterruptibly();
        third.channel().close().syncUninterruptibly();
    }

    @Test
    void hostThatFailed_connectsAgain_isNotTriedFirst() throws IOException {
        List<UpstreamHost> both = List.of(new UpstreamHost("127.0.0.1", freePort()), standbyHost());
        HostSelection selection = new HostSelection(both, SELECTION, System::nanoTime);
        UpstreamConnector connector =
                new UpstreamConnector(NioSocketChannel::new, HostEligibility.ALL, selection);
        UpstreamTarget target =
                target(both, "by_scram", "päss wörd", UpstreamTls.disabled(), false);
        for (int i = 0; i < 3; i++) {
            UpstreamConnection connection =
                    connector.connect(eventLoop, target).awaitUninterruptibly().getNow();
            assertThat(connection.host()).isEqualTo(standbyHost());
            connection.channel().close().syncUninterruptibly();
        }
        assertThat(selection.numbers(both.getFirst()).ejections()).isOne();
        assertThat(selection.numbers(both.getFirst()).connections()).isZero();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void noHostEligible_connects_nothingIsTried() {
        Future<UpstreamConnection> result =
                connect(
                        target(standbyHost(), "by_scram"),
                        (host, maxLag) -> List.of(new Objection.NotProbed()));
        assertThat(result.cause())
                .asInstanceOf(type(UpstreamException.class))
                .extracting(UpstreamException::failure)
                .isEqualTo(
                        new UpstreamFailure.NoEligibleHost(
                                Map.of(standbyHost(), List.of(new Objection.NotProbed()))));
    }

    @Test
    void silentServer_connects_timesOut() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            UpstreamTarget target =
                    new UpstreamTarget(
                            List.of(new UpstreamHost("127.0.0.1", silent.getLocalPort())),
                            "by_scram",
                            "postgres",
                            host -> "päss wörd".toCharArray(),
                            UpstreamTls.disabled(),
                            Duration.ofMillis(200),
                            PINNED,
                            true);
            assertFails(target, UpstreamFailure.TimedOut.class);
        }
    }

    @Test
    void runningStatement_cancelled_endsBy57014() {
        UpstreamConnection connection = connect(target(standbyHost(), "by_scram")).getNow();
        assertCancelled(connection, UpstreamTls.disabled());
    }

    @Test
    void runningStatement_cancelledByTls_endsBy57014() throws Exception {
        UpstreamTls tls = tls(UpstreamTls.Mode.VERIFY_FULL);
        UpstreamConnection connection =
                connect(
                                target(
                                        List.of(primaryHost("localhost")),
                                        "by_scram",
                                        "päss wörd",
                                        tls,
                                        true))
                        .getNow();
        assertCancelled(connection, tls);
    }

    private static void assertCancelled(UpstreamConnection connection, UpstreamTls tls) {
        CompletableFuture<String> answer =
                CompletableFuture.supplyAsync(() -> query(connection, "select pg_sleep(9)"));
        while (!answer.isDone()) {
            Future<Void> cancelled =
                    new UpstreamCancel(NioSocketChannel::new)
                            .cancel(eventLoop, connection, tls, Duration.ofSeconds(5))
                            .awaitUninterruptibly();
            assertThat(cancelled.cause()).isNull();
        }
        assertThat(answer.join()).contains("57014");
        connection.channel().close().syncUninterruptibly();
    }

    @Test
    void passwordSupplied_connected_isWiped() {
        char[] password = "päss wörd".toCharArray();
        UpstreamTarget target =
                new UpstreamTarget(
                        List.of(standbyHost()),
                        "by_scram",
                        "postgres",
                        host -> password,
                        UpstreamTls.disabled(),
                        Duration.ofSeconds(10),
                        PINNED,
                        false);
        connect(target).getNow().channel().close().syncUninterruptibly();
        assertThat(password).containsOnly('\0');
    }
}
