package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.util.ResourceLeakDetector;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a client sends that means harm or is broken gets an error or a close, and a session beside
 * it does not notice.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(NewestGateway.class)
final class HostileClientIT {

    private static final int SSL_REQUEST = 80877103;
    private static final int TWO_GIGABYTES = Integer.MAX_VALUE;
    private static final int MANY = 1_000_000;
    private static final long MEBIBYTE = 1 << 20;

    private final Gateway gateway;
    private RawClient neighbour;

    HostileClientIT(Gateway gateway) {
        this.gateway = gateway;
    }

    @BeforeEach
    void openNeighbour() throws IOException {
        neighbour = RawClient.connect(gateway.agent());
    }

    @AfterEach
    void neighbourWorksOn() throws IOException {
        assertThat(neighbour.query("SELECT 'fine'").answers(1))
                .map(RawClient.Message::type)
                .contains('D', 'C');
        neighbour.close();
    }

    static Stream<Arguments> beforeLogin() {
        byte[] random = new byte[4000];
        new Random(4711).nextBytes(random);
        random[0] = 0x7F;
        return Stream.of(
                Arguments.of(
                        "HTTP",
                        "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
                Arguments.of("random bytes", random),
                Arguments.of("startup packet of 2 GB", ints(TWO_GIGABYTES, 196608)),
                Arguments.of("startup packet of negative length", ints(-1, 196608)),
                Arguments.of("startup packet of length 3", ints(3, 196608)),
                Arguments.of("startup packet of protocol 1", ints(9, 1 << 16)),
                Arguments.of(
                        "query before login",
                        new byte[] {'Q', 0, 0, 0, 13, 'S', 'E', 'L', 'E', 'C', 'T', ' ', '1', 0}),
                Arguments.of(
                        "startup of unterminated names",
                        new byte[] {0, 0, 0, 12, 0, 3, 0, 0, 'u', 's', 'e', 'r'}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("beforeLogin")
    void garbage_beforeLogin_closesTheConnection(String name, byte[] bytes) throws IOException {
        try (RawClient client = RawClient.open(gateway.agent())) {
            client.bytes(bytes).flush();
            client.socket().shutdownOutput();

            assertThat(client.toTheEnd()).as(name).allMatch(message -> message.type() == 'E');
        }
    }

    @Test
    void queryBehindSslRequest_inOnePacket_isNeverTakenForTheSession() throws IOException {
        try (RawClient client = RawClient.open(gateway.agent())) {
            client.bytes(ints(8, SSL_REQUEST))
                    .startup(3 << 16, Map.of("user", gateway.agent().user(), "database", "shop"))
                    .flush();
            int answer = client.socket().getInputStream().read();
            assertThat(answer).isIn((int) 'N', (int) 'S', -1);
            assertThat(client.toTheEnd()).noneMatch(message -> message.type() == 'Z');
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    static Stream<Arguments> afterLogin() {
        return Stream.of(
                Arguments.of("message of 2 GB", header('Q', TWO_GIGABYTES)),
                Arguments.of("message of negative length", header('Q', -5)),
                Arguments.of("message of length 3", header('S', 3)),
                Arguments.of("Query without terminator", new byte[] {'Q', 0, 0, 0, 6, 'S', 'E'}),
                Arguments.of(
                        "Query with text behind its terminator",
                        new byte[] {'Q', 0, 0, 0, 8, 'a', 0, 'b', 0}),
                Arguments.of("Bind that ends early", new byte[] {'B', 0, 0, 0, 8, 0, 0, 0, 9}),
                Arguments.of(
                        "Parse with a negative count",
                        new byte[] {'P', 0, 0, 0, 8, 0, 0, (byte) 0xFF, (byte) 0xFF}),
                Arguments.of("unknown message type", new byte[] {'~', 0, 0, 0, 4}),
                Arguments.of("message of a server", new byte[] {'Z', 0, 0, 0, 5, 'I'}),
                Arguments.of("Describe of nothing known", new byte[] {'D', 0, 0, 0, 6, '?', 0}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("afterLogin")
    void brokenMessage_inSession_getsAnErrorOrAClose(String name, byte[] bytes) throws IOException {
        try (RawClient client = RawClient.connect(gateway.agent())) {
            client.bytes(bytes).sync().flush();
            client.socket().shutdownOutput();

            List<RawClient.Message> answers = client.toTheEnd();
            assertThat(answers)
                    .as(name)
                    .noneMatch(message -> message.type() == 'D' || message.type() == 'C');
            assertThat(answers)
                    .filteredOn(message -> message.type() == 'E')
                    .allSatisfy(message -> assertThat(message.field('C')).matches("[0-9A-Z]{5}"));
        }
    }

    @Test
    void halfAMessage_thenSilence_holdsNothingUp() throws IOException {
        try (RawClient client = RawClient.connect(gateway.agent())) {
            client.bytes(Arrays.copyOf(header('Q', 100), 20)).flush();

            assertThat(neighbour.query("SELECT 1").answers(1))
                    .map(RawClient.Message::type)
                    .contains('D');
        }
    }

    @Test
    void endlessMessage_costsBoundedMemory() throws IOException {
        long before = usedMemory();
        try (RawClient client = RawClient.connect(gateway.agent())) {
            OutputStream out = client.socket().getOutputStream();
            out.write(header('Q', TWO_GIGABYTES));
            byte[] block = new byte[1 << 16];
            Arrays.fill(block, (byte) 'x');
            assertThatCode(
                            () -> {
                                for (int i = 0; i < 4096; i++) {
                                    out.write(block);
                                }
                            })
                    .isInstanceOf(SocketException.class);
        }
        assertThat(usedMemory() - before).isLessThan(64 * MEBIBYTE);
    }

    @Test
    void millionTinyMessages_areAnsweredInBoundedMemory() throws IOException {
        long before = usedMemory();
        // Noting each access to each buffer would be most of the work.
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        try (RawClient client = RawClient.connect(gateway.agent())) {
            Thread sender =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    OutputStream out =
                                            new BufferedOutputStream(
                                                    client.socket().getOutputStream(), 1 << 16);
                                    for (int i = 0; i < MANY; i++) {
                                        out.write(header('S', 4));
                                    }
                                    out.flush();
                                } catch (IOException e) {
                                    // The other side may close a connection that floods it.
                                }
                            });
            for (int ready = 0; ready < MANY; ready++) {
                assertThat(client.next().type()).isEqualTo('Z');
            }
            sender.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ResourceLeakDetector.setLevel(level);
        }
        assertThat(usedMemory() - before).isLessThan(128 * MEBIBYTE);
    }

    @Test
    void manyConnectionsThatNeverLogIn_leaveRoomForThoseThatDo() throws IOException {
        List<RawClient> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 150; i++) {
                idle.add(RawClient.open(gateway.agent()));
            }
            try (RawClient client = RawClient.connect(gateway.agent())) {
                assertThat(client.query("SELECT 1").answers(1))
                        .map(RawClient.Message::type)
                        .contains('D');
            }
        } finally {
            for (RawClient client : idle) {
                client.close();
            }
        }
    }

    private static long usedMemory() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static byte[] header(char type, int length) {
        return ByteBuffer.allocate(5).put((byte) type).putInt(length).array();
    }

    private static byte[] ints(int first, int second) {
        return ByteBuffer.allocate(8).putInt(first).putInt(second).array();
    }
}
