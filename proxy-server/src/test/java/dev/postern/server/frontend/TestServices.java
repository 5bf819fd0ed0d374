package dev.postern.server.frontend;

import dev.postern.identity.Agent;
import dev.postern.protocol.BackendKey;
import dev.postern.server.auth.Authenticator;
import dev.postern.server.auth.MockVerifiers;
import dev.postern.server.auth.TestVerifiers;
import dev.postern.server.tls.ListenTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A listener's surroundings: the agent "bot" whose password is "pencil", a filter that refuses
 * work_mem, and what happened.
 */
final class TestServices {

    final List<RefusedLogin> refused = new CopyOnWriteArrayList<>();
    final BlockingQueue<RefusedLogin> refusals = new LinkedBlockingQueue<>();
    final List<AuthenticatedStartup> opened = new CopyOnWriteArrayList<>();
    final List<BackendKey> cancelled = new CopyOnWriteArrayList<>();
    final List<String> afterwards = new CopyOnWriteArrayList<>();

    StartupServices services(ListenTls tls, UnauthenticatedConnections unauthenticated) {
        Agent agent =
                new Agent(
                        "bot",
                        "reporting",
                        "dana@example.com",
                        TestVerifiers.of("pencil", new byte[16], 4096),
                        List.of(),
                        null);
        return new StartupServices(
                () -> tls,
                new Authenticator(
                        name -> name.equals("bot") ? agent : null,
                        new MockVerifiers(new byte[32], 4096),
                        () -> Instant.EPOCH),
                (name, value) -> name.equals("work_mem") ? "SET what is listed." : null,
                (key, client, whenDone) -> {
                    cancelled.add(key);
                    whenDone.run();
                },
                login -> {
                    refused.add(login);
                    refusals.add(login);
                },
                (channel, startup) -> {
                    opened.add(startup);
                    channel.pipeline().addLast(new Recorder());
                },
                unauthenticated,
                Duration.ofSeconds(15));
    }

    /** Stands for the session's handlers. */
    private final class Recorder extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            afterwards.add(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
    }
}
