package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.postern.server.PosternServer;
import dev.postern.server.cli.RunningServer;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.demo.Directories;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Two instances behind one address: a cancel request reaches the session by either. */
final class PeersIT {

    private static final String LONG_QUERY =
            "SELECT count(*) FROM generate_series(1, 100000000000) AS peers";
    private static final int CANCEL_REQUEST = 80877102;

    @Test
    void cancelRequest_toTheOtherInstance_isPassedOn() throws Exception {
        List<Integer> ports = freePorts();
        try (LocalPostgres postgres = TestEnvironment.embedded(18, true)) {
            GatewayFiles first = files(postgres, ports, 1);
            GatewayFiles second = files(postgres, ports, 2);
            RunningServer one =
                    PosternServer.start(ConfigurationLoader.load(first.configuration()));
            RunningServer two =
                    PosternServer.start(ConfigurationLoader.load(second.configuration()));
            Endpoint agent = first.agent(ports.get(0), postgres.serving().database());
            try (Connection connection = agent.connect();
                    Statement statement = connection.createStatement();
                    ExecutorService thread = Executors.newSingleThreadExecutor();
                    RawClient raw = RawClient.connect(agent)) {
                Future<SQLException> cancelled =
                        thread.submit(() ->
                                catchThrowableOfType(
                                        SQLException.class, () -> statement.execute(LONG_QUERY)));
                postgres.awaitStatement(LONG_QUERY);
                assertThat(raw.processId() >>> 23).isEqualTo(1);

                // A wrong secret has no effect, wherever it goes.
                send(ports.get(1), raw.processId(), new byte[raw.secret().length]);
                assertThat(cancelled.isDone()).isFalse();

                raw.query(LONG_QUERY + " /* raw */").flush();
                postgres.awaitStatement(LONG_QUERY + " /* raw */");
                send(ports.get(1), raw.processId(), raw.secret());
                assertThat(raw.answers(1))
                        .filteredOn(message -> message.type() == 'E')
                        .singleElement()
                        .satisfies(error -> assertThat(error.field('C')).isEqualTo("57014"));
                assertThat(cancelled.isDone()).isFalse();
                statement.cancel();
                assertThat(cancelled.get().getSQLState()).isEqualTo("57014");
            } finally {
                one.drain(Duration.ZERO);
                two.drain(Duration.ZERO);
                Directories.delete(first.directory());
                Directories.delete(second.directory());
            }
        }
    }

    private static List<Integer> freePorts() throws IOException {
        try (ServerSocket one = new ServerSocket(0);
                ServerSocket two = new ServerSocket(0)) {
            return List.of(one.getLocalPort(), two.getLocalPort());
        }
    }

    private static GatewayFiles files(LocalPostgres postgres, List<Integer> ports, int instance)
            throws IOException {
        GatewayFiles files =
                GatewayFiles.write(
                        postgres,
                        postgres.serving(),
                        "server: {instance: %d, peers: [\"127.0.0.1:%d\", \"127.0.0.1:%d\"], peer_tls: {mode: disable}}\n"
                                .formatted(instance, ports.get(0), ports.get(1)));
        String yaml = Files.readString(files.configuration());
        Files.writeString(
                files.configuration(),
                yaml.replaceFirst("port: 0", "port: " + ports.get(instance - 1)));
        return files;
    }

    /** Sends a CancelRequest and waits until it has been dealt with. */
    private static void send(int port, int processId, byte[] secret) throws IOException {
        ByteBuf request = Unpooled.buffer();
        request.writeInt(12 + secret.length).writeInt(CANCEL_REQUEST).writeInt(processId);
        request.writeBytes(secret);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            OutputStream out = socket.getOutputStream();
            request.readBytes(out, request.readableBytes());
            out.flush();
            assertThat(socket.getInputStream().read()).isNegative();
        }
    }
}
