package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.audit.SessionContext;
import dev.postern.catalog.CatalogView;
import dev.postern.policy.Access;
import dev.postern.policy.Policy;
import dev.postern.policy.SessionEffects;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.FrameLimits;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.SqlText;
import dev.postern.server.frontend.AgentHandler;
import dev.postern.server.upstream.UpstreamHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session between two channels. */
class HandlersTest {

    private final EmbeddedChannel agent = new EmbeddedChannel();
    private final EmbeddedChannel upstream = new EmbeddedChannel();
    private final Policy policy = new Policy("p", Access.DEFAULT);
    private int closed;

    /** Allows everything, at once. */
    private static final class AllowAll implements StatementJudge {

        @Override
        public Verdict cached(Policy under, CatalogView view, SqlText text) {
            return new Verdict.Allow(new StatementSummary("SELECT", "", List.of(), List.of()));
        }

        @Override
        public void judge(
                Policy under, CatalogView view, SqlText text, Consumer<Verdict> whenDone) {
            whenDone.accept(cached(under, view, text));
        }
    }

    private record Uncounted() implements SessionObserver {

        @Override
        public void decided(Verdict verdict) {}

        @Override
        public void completed(long totalNanos, long rows, long bytes) {}
    }

    private final class Hooks implements SessionHooks {

        @Override
        public void cancelUpstream(Runnable whenSent) {
            whenSent.run();
        }

        @Override
        public List<AnswerRow> describePolicy(Policy current) {
            return List.of();
        }

        @Override
        public List<AnswerRow> describeAgent(Policy current) {
            return List.of();
        }

        @Override
        public void onClosed() {
            closed++;
        }
    }

    private void connect(byte... early) {
        AgentHandler handler = new AgentHandler(agent);
        agent.pipeline().addLast(handler);
        if (early.length > 0) {
            agent.writeInbound(agent.alloc().buffer().writeBytes(early));
        }
        ProxySession session =
                new ProxySession(
                        new SessionContext("s", "127.0.0.1:1", null, null, "db", "up", "p"),
                        new FrontendFrameReader(new FrameLimits(1000, 1000, 300)),
                        () -> policy,
                        new SessionLimits(null, Long.MAX_VALUE, Long.MAX_VALUE, 10, 10, 10, null),
                        null,
                        true,
                        new SessionEnvironment(
                                new AllowAll(),
                                new FixedCatalog(),
                                null,
                                Freshness.ANY,
                                event -> true,
                                new Uncounted(),
                                agent.eventLoop(),
                                () -> Instant.EPOCH,
                                () -> 0,
                                new Random(1)),
                        new Hooks(),
                        agent.alloc(),
                        handler.peer(),
                        new Plain(UpstreamHandler.peer(upstream)));
        handler.attach(session);
        upstream.pipeline().addLast(new UpstreamHandler(session));
        handler.peer().reading(true);
    }

    /** A connection that is not shared. */
    private record Plain(Peer peer) implements UpstreamPeer {

        @Override
        public boolean leave() {
            return false;
        }

        @Override
        public void announce(SessionEffects effects) {}

        @Override
        public void write(ByteBuf bytes) {
            peer.write(bytes);
        }

        @Override
        public void flush() {
            peer.flush();
        }

        @Override
        public boolean isWritable() {
            return peer.isWritable();
        }

        @Override
        public void reading(boolean enabled) {
            peer.reading(enabled);
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    @AfterEach
    void releaseWhatNobodyRead() {
        agent.finishAndReleaseAll();
        upstream.finishAndReleaseAll();
    }

    @Test
    void bytes_cutAnywhere_passBothWays() {
        byte[] asked =
                Wire.all(
                        Wire.parse("", "SELECT 1"),
                        Wire.bind("", ""),
                        Wire.execute(""),
                        Wire.sync());
        byte[] answered =
                Wire.all(
                        Wire.message('1'),
                        Wire.message('2'),
                        Wire.row(50),
                        Wire.complete("SELECT 1"),
                        Wire.ready('I'));
        connect();
        for (int cut = 1; cut < asked.length; cut++) {
            arrive(agent, asked, cut);
            assertThat(left(upstream)).isEqualTo(asked);
            arrive(upstream, answered, Math.min(cut, answered.length));
            assertThat(left(agent)).isEqualTo(answered);
        }
        agent.close();
        agent.runPendingTasks();
        assertThat(closed).isOne();
    }

    @Test
    void answer_pieceByPiece_passesWhole() {
        byte[] answered =
                Wire.all(
                        Wire.row(100_000),
                        Wire.row(10),
                        Wire.complete("SELECT 2"),
                        Wire.ready('I'));
        connect();
        agent.writeInbound(agent.alloc().buffer().writeBytes(Wire.query("SELECT 1")));
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int at = 0; at < answered.length; at += 3) {
            upstream.writeInbound(
                    upstream.alloc()
                            .buffer()
                            .writeBytes(answered, at, Math.min(3, answered.length - at)));
            got.writeBytes(left(agent));
        }

        assertThat(got.toByteArray()).isEqualTo(answered);
        assertThat(left(upstream)).isEqualTo(Wire.query("SELECT 1"));
        agent.close();
    }

    @Test
    void whatCameBeforeTheSession_isPresentedOnceReadingBegins() {
        connect(Wire.query("SELECT 1"));

        assertThat(left(upstream)).isEqualTo(Wire.query("SELECT 1"));
        agent.close();
        agent.runPendingTasks();
    }

    @Test
    void upstreamGone_withHalfAMessageHeld_endsBothSides() {
        connect();
        agent.writeInbound(
                agent.alloc().buffer().writeBytes(Arrays.copyOf(Wire.query("SELECT 1"), 7)));
        upstream.writeInbound(
                upstream.alloc().buffer().writeBytes(Arrays.copyOf(Wire.row(50), 20)));
        upstream.close();
        upstream.runPendingTasks();
        agent.runPendingTasks();

        assertThat(Wire.types(left(agent))).isEqualTo("E");
        assertThat(agent.isOpen()).isFalse();
        assertThat(closed).isOne();
    }

    private static void arrive(EmbeddedChannel channel, byte[] bytes, int cut) {
        channel.writeInbound(channel.alloc().buffer().writeBytes(bytes, 0, cut));
        channel.writeInbound(channel.alloc().buffer().writeBytes(bytes, cut, bytes.length - cut));
    }

    private static byte[] left(EmbeddedChannel channel) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            bytes.writeBytes(ByteBufUtil.getBytes(out));
            out.release();
        }
        return bytes.toByteArray();
    }
}
