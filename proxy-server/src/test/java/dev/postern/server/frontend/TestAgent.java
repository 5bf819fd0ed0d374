package dev.postern.server.frontend;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.StringPreparation;
import com.ongres.scram.common.exception.ScramException;
import dev.postern.protocol.BackendKey;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendMessages;
import dev.postern.protocol.ProtocolVersion;
import dev.postern.server.tls.ListenTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection to a listener in memory, and what came of it. */
final class TestAgent {

    /** One message from the listener. */
    @SuppressWarnings("ArrayRecordComponent")
    record Message(char type, byte[] body) {}

    private final TestServices outcome = new TestServices();
    final List<RefusedLogin> refused = outcome.refused;
    final List<AuthenticatedStartup> opened = outcome.opened;
    final List<BackendKey> cancelled = outcome.cancelled;
    final List<String> afterwards = outcome.afterwards;
    final UnauthenticatedConnections unauthenticated;
    final EmbeddedChannel channel;
    private final ByteBuf received = Unpooled.buffer();
    private @Nullable ScramClient scram;

    TestAgent() {
        this(ListenTls.disabled(), new UnauthenticatedConnections(1));
    }

    TestAgent(ListenTls tls, UnauthenticatedConnections unauthenticated) {
        this.unauthenticated = unauthenticated;
        this.channel =
                new LoopbackChannel(
                        new FrontendInitializer(outcome.services(tls, unauthenticated)));
    }

    private static final class LoopbackChannel extends EmbeddedChannel {

        LoopbackChannel(FrontendInitializer initializer) {
            super(initializer);
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000);
        }
    }

    void send(ByteBuf bytes) {
        channel.writeInbound(bytes);
    }

    void sendStartup(ProtocolVersion version, String... parameters) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(parameters[i], parameters[i + 1]);
        }
        ByteBuf out = Unpooled.buffer();
        FrontendMessages.startupMessage(out, version, map);
        send(out);
    }

    /** Runs the exchange up to the message that carries the proof, which is returned unsent. */
    ByteBuf prove(String password) {
        scram =
                ScramClient.builder()
                        .advertisedMechanisms(List.of("SCRAM-SHA-256"))
                        .username("*")
                        .password(password.toCharArray())
                        .stringPreparation(StringPreparation.POSTGRESQL_PREPARATION)
                        .build();
        ByteBuf initial = Unpooled.buffer();
        FrontendMessages.saslInitialResponse(
                initial, "SCRAM-SHA-256", scram.clientFirstMessage().toString());
        send(initial);
        byte[] body = receive().body();
        try {
            scram.serverFirstMessage(new String(body, 4, body.length - 4, StandardCharsets.UTF_8));
        } catch (ScramException e) {
            throw new AssertionError(e);
        }
        ByteBuf last = Unpooled.buffer();
        FrontendMessages.saslResponse(last, scram.clientFinalMessage().toString());
        return last;
    }

    /** Returns the next byte that was sent outside any message. */
    char receiveLetter() {
        fill();
        return (char) received.readByte();
    }

    Message receive() {
        fill();
        char type = (char) received.readByte();
        byte[] body = new byte[received.readInt() - 4];
        received.readBytes(body);
        return new Message(type, body);
    }

    ErrorResponse receiveError() {
        Message message = receive();
        if (message.type() != 'E') {
            throw new AssertionError("not an error: " + message.type());
        }
        return ErrorResponse.read(Unpooled.wrappedBuffer(message.body()));
    }

    boolean hasReceivedNothingMore() {
        fill();
        return !received.isReadable();
    }

    private void fill() {
        ByteBuf out = channel.readOutbound();
        while (out != null) {
            received.writeBytes(out);
            out.release();
            out = channel.readOutbound();
        }
    }
}
