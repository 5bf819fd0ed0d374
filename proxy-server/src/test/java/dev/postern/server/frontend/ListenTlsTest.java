package dev.postern.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendMessages;
import dev.postern.protocol.ProtocolVersion;
import dev.postern.server.auth.LoginFault;
import dev.postern.server.tls.InvalidTlsFileException;
import dev.postern.server.tls.ListenTls;
import dev.postern.server.tls.TestCertificates;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets against a real listener. */
class ListenTlsTest {

    @TempDir private Path directory;

    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final TestServices outcome = new TestServices();
    private TestCertificates authority;
    private TestCertificates.Issued server;
    private @Nullable Channel listener;

    @BeforeEach
    void issueCertificates() {
        authority = new TestCertificates(directory, "authority");
        server = authority.issue("server", "localhost");
    }

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private void listen(ListenTls.Mode mode, @Nullable Path clientAuthorities)
            throws InvalidTlsFileException {
        ListenTls tls = ListenTls.load(mode, server.certificate(), server.key(), clientAuthorities);
        listener =
                new ServerBootstrap()
                        .group(group)
                        .channel(NioServerSocketChannel.class)
                        .childHandler(
                                new FrontendInitializer(
                                        outcome.services(tls, new UnauthenticatedConnections(9))))
                        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .syncUninterruptibly()
                        .channel();
    }

    private Socket connect() throws IOException {
        InetSocketAddress address =
                (InetSocketAddress) Objects.requireNonNull(listener).localAddress();
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Lays TLS over a socket and shakes hands. */
    private SSLSocket tls(Socket socket, TestCertificates.@Nullable Issued own, String... alpn)
            throws Exception {
        SslContextBuilder builder =
                SslContextBuilder.forClient()
                        .sslProvider(SslProvider.JDK)
                        .trustManager(InsecureTrustManagerFactory.INSTANCE);
        if (own != null) {
            builder.keyManager(own.certificate().toFile(), own.key().toFile());
        }
        SslContext context = builder.build();
        SSLContext jdk = ((JdkSslContext) context).context();
        SSLSocket secured =
                (SSLSocket) jdk.getSocketFactory().createSocket(socket, "localhost", 1, true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setApplicationProtocols(alpn);
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static void send(Socket socket, Consumer<ByteBuf> writer) throws IOException {
        ByteBuf out = Unpooled.buffer();
        writer.accept(out);
        socket.getOutputStream().write(Arrays.copyOf(out.array(), out.readableBytes()));
        socket.getOutputStream().flush();
    }

    private static void sendStartup(Socket socket) throws IOException {
        send(
                socket,
                out ->
                        FrontendMessages.startupMessage(
                                out, ProtocolVersion.V3_0, Map.of("user", "bot")));
    }

    private static int read(Socket socket) throws IOException {
        return socket.getInputStream().read();
    }

    private static ErrorResponse readError(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        assertThat(in.read()).isEqualTo('E');
        ByteBuf all = Unpooled.wrappedBuffer(in.readAllBytes());
        return ErrorResponse.read(all.skipBytes(4));
    }

    /** The peer may see its end before the listener has told of it. */
    private void awaitRefusal(LoginFault fault) throws InterruptedException {
        assertThat(outcome.refusals.poll(10, TimeUnit.SECONDS))
                .extracting(RefusedLogin::fault)
                .isEqualTo(fault);
    }

    @Test
    void sslRequest_answered_tlsBeginsAndStartupFollows() throws Exception {
        listen(ListenTls.Mode.REQUIRE, null);
        try (Socket socket = connect()) {
            send(socket, FrontendMessages::sslRequest);
            assertThat(read(socket)).isEqualTo('S');
            SSLSocket secured = tls(socket, null, ListenTls.ALPN);
            sendStartup(secured);
            assertThat(read(secured)).isEqualTo('R');
            assertThat(secured.getSession().getProtocol()).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void sslRequestWithoutAlpn_answered_isServed() throws Exception {
        listen(ListenTls.Mode.ALLOW, null);
        try (Socket socket = connect()) {
            send(socket, FrontendMessages::sslRequest);
            assertThat(read(socket)).isEqualTo('S');
            SSLSocket secured = tls(socket, null);
            sendStartup(secured);
            assertThat(read(secured)).isEqualTo('R');
        }
    }

    @Test
    void otherProtocolNamed_handshakes_isRefused() throws Exception {
        listen(ListenTls.Mode.ALLOW, null);
        try (Socket socket = connect()) {
            send(socket, FrontendMessages::sslRequest);
            assertThat(read(socket)).isEqualTo('S');
            assertThatThrownBy(() -> tls(socket, null, "http/1.1")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void directTlsWithAlpn_connects_isServed() throws Exception {
        listen(ListenTls.Mode.REQUIRE, null);
        try (Socket socket = connect()) {
            SSLSocket secured = tls(socket, null, ListenTls.ALPN);
            sendStartup(secured);
            assertThat(read(secured)).isEqualTo('R');
        }
    }

    @Test
    void directTlsWithoutAlpn_connects_isClosed() throws Exception {
        listen(ListenTls.Mode.REQUIRE, null);
        try (Socket socket = connect()) {
            SSLSocket secured = tls(socket, null);
            assertThat(read(secured)).isEqualTo(-1);
            awaitRefusal(LoginFault.TLS_HANDSHAKE);
        }
    }

    @Test
    void sslRequestInsideTls_sent_isRefused() throws Exception {
        listen(ListenTls.Mode.REQUIRE, null);
        try (Socket socket = connect()) {
            SSLSocket secured = tls(socket, null, ListenTls.ALPN);
            send(secured, FrontendMessages::sslRequest);
            assertThat(readError(secured).sqlState()).isEqualTo("08P01");
            awaitRefusal(LoginFault.PROTOCOL);
        }
    }

    @Test
    void startupInCleartext_tlsRequired_isRefused() throws Exception {
        listen(ListenTls.Mode.REQUIRE, null);
        try (Socket socket = connect()) {
            sendStartup(socket);
            assertThat(readError(socket).sqlState()).isEqualTo("28000");
            awaitRefusal(LoginFault.TLS_REQUIRED);
        }
    }

    @Test
    void startupInCleartext_tlsAllowed_isServed() throws Exception {
        listen(ListenTls.Mode.ALLOW, null);
        try (Socket socket = connect()) {
            sendStartup(socket);
            assertThat(read(socket)).isEqualTo('R');
        }
    }

    @Test
    void startupRightBehindSslRequest_sent_dropsTheConnection() throws Exception {
        listen(ListenTls.Mode.ALLOW, null);
        try (Socket socket = connect()) {
            send(
                    socket,
                    out -> {
                        FrontendMessages.sslRequest(out);
                        FrontendMessages.startupMessage(
                                out, ProtocolVersion.V3_0, Map.of("user", "bot"));
                    });
            assertThat(read(socket)).isEqualTo(-1);
            awaitRefusal(LoginFault.DATA_BEFORE_TLS);
        }
    }

    @Test
    void clientCertificate_required_isServed() throws Exception {
        listen(ListenTls.Mode.REQUIRE, authority.authority());
        try (Socket socket = connect()) {
            SSLSocket secured = tls(socket, authority.issue("bot"), ListenTls.ALPN);
            sendStartup(secured);
            assertThat(read(secured)).isEqualTo('R');
        }
    }

    @Test
    void clientCertificate_missing_isRefused() throws Exception {
        listen(ListenTls.Mode.REQUIRE, authority.authority());
        assertHandshakeFails(null);
    }

    @Test
    void clientCertificate_ofAnotherAuthority_isRefused() throws Exception {
        listen(ListenTls.Mode.REQUIRE, authority.authority());
        assertHandshakeFails(new TestCertificates(directory, "other").issue("bot"));
    }

    /** In TLS 1.3 the client learns of it with the first thing it reads. */
    private void assertHandshakeFails(TestCertificates.@Nullable Issued own) throws Exception {
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> read(tls(socket, own, ListenTls.ALPN)))
                    .isInstanceOf(IOException.class);
            awaitRefusal(LoginFault.TLS_HANDSHAKE);
        }
    }

    @Test
    void files_unusable_areNamedWithTheTrouble() throws IOException {
        Path nothing = directory.resolve("nothing.pem");
        Path text = Files.writeString(directory.resolve("text.pem"), "no PEM at all");
        Path encrypted =
                Files.writeString(
                        directory.resolve("encrypted.pem"),
                        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAwwBwYFKw4DAgcEAQA=\n-----END ENCRYPTED PRIVATE KEY-----\n");
        assertUnusable(nothing, server.key(), "does not exist");
        assertUnusable(server.certificate(), nothing, "does not exist");
        assertUnusable(text, server.key(), "certificate");
        assertUnusable(server.certificate(), text, "holds no private key");
        assertUnusable(server.certificate(), encrypted, "encrypted");
    }

    private static void assertUnusable(Path certificate, Path key, String trouble) {
        assertThatThrownBy(() -> ListenTls.load(ListenTls.Mode.REQUIRE, certificate, key, null))
                .isInstanceOf(InvalidTlsFileException.class)
                .hasMessageContaining(trouble);
    }

    @Test
    void keyOfAnotherCertificate_loaded_isRefused() {
        assertUnusable(server.certificate(), authority.issue("another").key(), "is not the key");
    }
}
