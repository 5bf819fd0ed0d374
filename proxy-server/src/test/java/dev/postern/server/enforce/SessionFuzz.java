package dev.postern.server.enforce;

import dev.postern.protocol.FrameLimits;
import dev.postern.protocol.FrontendFrame;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.FrontendMessage;
import dev.postern.protocol.SqlText;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A fuzz target: whatever bytes an agent sends, cut and interleaved with answers and verdicts in
 * whatever way, the upstream sees whole messages only, and of texts only those that were allowed
 * and recorded before.
 *
 * <p>The first eight bytes of an input choose the cuts, the rest is what the agent sends.
 */
public final class SessionFuzz {

    /** What Postern itself sends in place of a refused statement. */
    private static final String CANNOT_SUCCEED = "POSTERN REFUSED A STATEMENT HERE";

    private static final int SEEDS = 60;
    private static final int ENOUGH_IDLE_ROUNDS = 60;
    private static final int SEED_LENGTH = 8;
    private static final Set<String> ALLOWED =
            Set.of(
                    "",
                    "BEGIN",
                    "COMMIT",
                    "ROLLBACK",
                    "FAILS",
                    "UNREADABLE",
                    "ROWS 0",
                    "ROWS 1",
                    "ROWS 2",
                    "ROWS 3");
    private static final SessionLimits LIMITS =
            new SessionLimits(
                    Duration.ofHours(1),
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    4,
                    4,
                    6,
                    Duration.ofHours(1));

    private final Relay relay = new Relay(LIMITS, null);
    private final Random random;
    private final byte[] script;
    private final SimulatedBackend backend = new SimulatedBackend("UNREADABLE"::equals);
    private final ByteBuf arrived = Unpooled.buffer();
    private final FrontendFrameReader frames =
            new FrontendFrameReader(new FrameLimits(1000, 1000, 300));

    private SessionFuzz(byte[] input) {
        int seed = Math.min(SEED_LENGTH, input.length);
        this.random = new Random(Arrays.hashCode(Arrays.copyOf(input, seed)));
        this.script = Arrays.copyOfRange(input, seed, input.length);
        relay.denies = sql -> !ALLOWED.contains(sql);
    }

    /** Inputs to begin with: scripts of sound messages. */
    public static List<byte[]> seeds() {
        return IntStream.range(0, SEEDS)
                .mapToObj(seed ->
                        Wire.all(
                                new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) seed},
                                RelayPropertyTest.script(new Random(seed), seed % 2 == 1)))
                .toList();
    }

    /** Runs one session. */
    public static void fuzzerTestOneInput(byte[] input) {
        new SessionFuzz(input).run();
    }

    private void run() {
        byte[] owed = new byte[0];
        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        int at = 0;
        for (int idle = 0; idle < ENOUGH_IDLE_ROUNDS && !relay.agent.closed; idle++) {
            relay.known = random.nextBoolean();
            relay.late = random.nextBoolean();
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    int to = Math.min(script.length, at + 1 + random.nextInt(120));
                    if (to > at && relay.agent.reading) {
                        relay.agentSends(Arrays.copyOfRange(script, at, to));
                        at = to;
                        idle = 0;
                    }
                }
                case 2 -> {
                    byte[] forwarded = relay.upstream.take();
                    if (forwarded.length > 0) {
                        check(forwarded);
                        backend.receive(forwarded);
                        idle = 0;
                    }
                    owed = Wire.all(owed, backend.take());
                }
                case 3 -> {
                    int cut = random.nextInt(owed.length + 1);
                    if (cut > 0) {
                        relay.upstreamSends(Arrays.copyOf(owed, cut));
                        owed = Arrays.copyOfRange(owed, cut, owed.length);
                        idle = 0;
                    }
                }
                default -> {
                    if (!relay.verdicts.isEmpty() || !relay.eventLoop.isEmpty()) {
                        idle = 0;
                    }
                    List<Runnable> due = List.copyOf(relay.verdicts);
                    relay.verdicts.clear();
                    due.forEach(Runnable::run);
                    relay.runEventLoop();
                }
            }
            answered.writeBytes(relay.agent.take());
        }
        check(relay.upstream.take());
        // What the agent reads is whole messages as well.
        answered.writeBytes(relay.agent.take());
        Wire.types(answered.toByteArray());
    }

    /** Looks at what was forwarded, at the time it was. */
    private void check(byte[] forwarded) {
        Set<String> recorded = new HashSet<>(relay.decisions());
        arrived.writeBytes(forwarded);
        while (arrived.isReadable()) {
            FrontendFrame frame = frames.read(arrived, arrived.readerIndex());
            if (!(frame instanceof FrontendFrame.Whole(FrontendMessage message, int length))) {
                throw new AssertionError("forwarded: " + frame);
            }
            arrived.skipBytes(length);
            switch (message) {
                case FrontendMessage.Query(SqlText text) -> check(text, recorded);
                case FrontendMessage.Parse(String name, SqlText text) -> check(text, recorded);
                case FrontendMessage.FunctionCall call ->
                        throw new AssertionError("a function call was forwarded");
                case FrontendMessage.CopyIn copy ->
                        throw new AssertionError("data for COPY was forwarded");
                case FrontendMessage.Bind bind -> {}
                case FrontendMessage.Describe describe -> {}
                case FrontendMessage.Execute execute -> {}
                case FrontendMessage.Close close -> {}
                case FrontendMessage.Sync sync -> {}
                case FrontendMessage.Flush flush -> {}
                case FrontendMessage.Terminate terminate -> {}
            }
        }
        arrived.clear();
    }

    private void check(SqlText text, Set<String> recorded) {
        String sql = new String(text.bytes(), StandardCharsets.UTF_8);
        if (sql.equals(CANNOT_SUCCEED)) {
            return;
        }
        if (sql.contains("::pg_catalog.")) {
            // Postern's own text, in the place of a question.
            if (recorded.stream().noneMatch(Relay::isQuestion)) {
                throw new AssertionError("answered without a question: " + sql);
            }
            return;
        }
        if (!ALLOWED.contains(sql)) {
            throw new AssertionError("a refused text was forwarded: " + sql);
        }
        if (!recorded.contains(sql)) {
            throw new AssertionError("an unrecorded text was forwarded: " + sql);
        }
    }
}
