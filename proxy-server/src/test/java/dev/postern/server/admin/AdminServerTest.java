package dev.postern.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdminServerTest {

    private static final InetSocketAddress ANY_PORT =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final AtomicReference<List<String>> troubles = new AtomicReference<>(List.of());
    private final AdminPages pages =
            new AdminPages(
                    accept -> {
                        if ("broken".equals(accept)) {
                            throw new IllegalStateException("secret words");
                        }
                        return new AdminPages.Text("text/x-metrics", "accept=" + accept + "\n");
                    },
                    troubles::get);
    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private AdminServer server = start();

    private AdminServer start() {
        try {
            return AdminServer.start(group, NioServerSocketChannel.class, ANY_PORT, pages);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void isListening() {
        assertThat(server.address().getPort()).isPositive();
    }

    @AfterEach
    void stop() {
        server.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(15_000);
        return socket;
    }

    /** Sends bytes and reads until the server closes. */
    private String exchange(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return rest(socket);
        }
    }

    private static String rest(Socket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String get(String path, String... headers) throws IOException {
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n");
    }

    @Test
    void healthz_answers_and_closes_even_where_the_client_wants_to_stay() throws IOException {
        assertThat(get("/healthz", "Connection: keep-alive"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("connection: close", "content-length: 3")
                .endsWith("\r\n\r\nok\n");
    }

    @Test
    void metrics_are_made_for_the_accept_header() throws IOException {
        assertThat(get("/metrics?x=y"))
                .contains("content-type: text/x-metrics")
                .endsWith("accept=null\n");
        assertThat(get("/metrics", "Accept: application/openmetrics-text"))
                .endsWith("accept=application/openmetrics-text\n");
    }

    @Test
    void failing_page_is_an_error_without_its_words() throws IOException {
        assertThat(get("/metrics", "Accept: broken"))
                .startsWith("HTTP/1.1 500 ")
                .doesNotContain("secret");
    }

    @Test
    void readyz_says_each_reason_in_words() throws IOException {
        assertThat(get("/readyz")).startsWith("HTTP/1.1 200 ").endsWith("ready\n");
        troubles.set(List.of("audit: disk full", "draining"));
        assertThat(get("/readyz"))
                .startsWith("HTTP/1.1 503 ")
                .endsWith("\r\n\r\naudit: disk full\ndraining\n");
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void head_has_the_length_and_no_body() throws IOException {
        assertThat(exchange("HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("content-length: 3")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/metrics/",
                "/healthz/x",
                "/../metrics",
                "//metrics",
                "*",
                "/actuator"
            })
    void other_paths_are_not_found(String path) throws IOException {
        assertThat(get(path)).startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
    void other_methods_are_refused(String method) throws IOException {
        assertThat(
                        exchange(
                                method
                                        + " /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"))
                .startsWith("HTTP/1.1 405 ")
                .contains("allow: GET, HEAD");
    }

    @Test
    void second_request_on_a_connection_is_not_served() throws IOException {
        String request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        assertThat(exchange(request + request)).containsOnlyOnce("HTTP/1.1");
    }

    @Test
    void oversized_line_and_headers_are_refused() throws IOException {
        assertThat(get("/" + "x".repeat(5000))).startsWith("HTTP/1.1 400 ");
        assertThat(get("/healthz", "X: " + "y".repeat(9000))).startsWith("HTTP/1.1 400 ");
        assertThat(exchange("\u0001\u0002garbage\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void connections_beyond_the_limit_are_closed_and_room_comes_back() throws Exception {
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < AdminServer.MAX_CONNECTIONS; i++) {
            idle.add(connect());
        }
        try (Socket refused = connect()) {
            assertThat(rest(refused)).isEmpty();
        }
        for (Socket socket : idle) {
            socket.close();
        }
        long end = System.nanoTime() + 5_000_000_000L;
        String answer = "";
        while (!answer.startsWith("HTTP/1.1 200 ") && System.nanoTime() < end) {
            try {
                answer = get("/healthz");
            } catch (IOException e) {
                answer = "";
            }
        }
        assertThat(answer).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void connection_that_sends_nothing_is_closed_in_time() throws IOException {
        try (Socket silent = connect()) {
            assertThat(rest(silent)).isEmpty();
        }
    }

    @Test
    void address_in_use_is_reported_in_words() {
        assertThatThrownBy(() ->
                        AdminServer.start(
                                group, NioServerSocketChannel.class, server.address(), pages))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("admin port");
    }
}
