package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.protocol.ErrorResponse;
import dev.postern.server.pool.PoolMode;
import dev.postern.server.pool.PoolSettings;
import dev.postern.server.pool.PooledBackend;
import dev.postern.server.pool.SessionState;
import dev.postern.server.pool.SilentPoolObserver;
import dev.postern.server.pool.UpstreamPools;
import dev.postern.server.upstream.UpstreamConnection;
import dev.postern.server.upstream.UpstreamHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Several sessions' random scripts, cut and interleaved at random, over a few shared connections:
 * each is answered with exactly the bytes of a backend of its own.
 */
class PooledBackendTest {

    private static final int SCRIPTS = 1500;
    private static final int MESSAGES = 30;
    private static final int MAX_STATEMENTS = 3;
    private static final int QUEUED = 1 << 20;
    private static final UpstreamHost HOST = new UpstreamHost("db", 5432);

    @Test
    void transactionMode_anyScripts_areAnsweredAsByABackendEach() {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            check(PoolMode.TRANSACTION, 4, 2, seed, false);
        }
    }

    @Test
    void transactionMode_idleConnectionsLost_nobodyNotices() {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            check(PoolMode.TRANSACTION, 3, 2, seed, true);
        }
    }

    @Test
    void sessionMode_anyScripts_areAnsweredAsByABackendEach() {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            check(PoolMode.SESSION, 3, 3, seed, false);
        }
    }

    @Test
    void moreThanMayWait_heldUntilThereIsAConnection_goesOn() {
        Setting setting = new Setting(PoolMode.TRANSACTION, 1);
        Client busy = new Client(setting, 1, Wire.query("BEGIN"));
        Client other = new Client(setting, 2, Wire.query("x".repeat(QUEUED)));
        setting.opened(busy, other);
        busy.sendsAll();
        setting.settle();
        other.sendsAll();
        assertThat(other.isWritable()).isFalse();
        busy.close();
        setting.settle();
        assertThat(other.isWritable()).isTrue();
        assertThat(other.toldWritable).isPositive();
        setting.close(List.of(other));
    }

    @Test
    void cancel_whileItWaitsForAConnection_isAnsweredHereAndTheRestRuns() {
        byte[] extended =
                Wire.all(
                        Wire.parse("", "ROWS 1"), Wire.bind("", ""), Wire.execute(""), Wire.sync());
        for (byte[] first : List.of(Wire.query("ROWS 1"), extended)) {
            for (boolean more : new boolean[] {false, true}) {
                byte[] rest = more ? Wire.query("WHO") : new byte[0];
                Setting setting = new Setting(PoolMode.TRANSACTION, 1);
                Client busy = new Client(setting, 1, Wire.query("BEGIN"));
                Client other = new Client(setting, 2, Wire.all(first, rest));
                setting.opened(busy, other);
                busy.sendsAll();
                setting.settle();
                other.sendsAll();
                assertThat(other.cancels()).isFalse();
                byte[] cancelled = other.answered.toByteArray();
                assertThat(Wire.types(cancelled)).isEqualTo("EZ");
                assertThat(new String(cancelled, StandardCharsets.ISO_8859_1))
                        .contains("57014", "while it waits for a connection");
                busy.close();
                setting.settle();
                SimulatedBackend own = new SimulatedBackend("UNREADABLE"::equals);
                own.identity = other.number;
                own.receive(rest);
                assertThat(other.answered.toByteArray()).isEqualTo(Wire.all(cancelled, own.take()));
                assertThat(other.ended).isNull();
                setting.close(List.of(other));
            }
        }
    }

    @Test
    void cancel_whileItWaitsWithoutASync_endsTheSession() {
        Setting setting = new Setting(PoolMode.TRANSACTION, 1);
        Client busy = new Client(setting, 1, Wire.query("BEGIN"));
        Client other =
                new Client(setting, 2, Wire.all(Wire.parse("", "ROWS 1"), Wire.bind("", "")));
        setting.opened(busy, other);
        busy.sendsAll();
        setting.settle();
        other.sendsAll();
        assertThat(other.cancels()).isFalse();
        assertThat(other.ended).contains("while it waits for a connection");
        busy.close();
        setting.settle();
        assertThat(other.answered.size()).isZero();
        setting.close(List.of());
    }

    @Test
    void tableThatChanges_isReadWithTheColumnsItWasPreparedWithOrNotAtAll() {
        readsChangingTable(Duration.ZERO, 3);
    }

    @Test
    void tableThatChanged_moreThanASecondAgo_isReadByWhoPreparesAnewAtOnce() {
        readsChangingTable(Duration.ofMillis(1001), 1);
    }

    /**
     * Reads and prepares at random while columns change.
     *
     * @param pause passes after each change
     * @param attempts as often may have to be prepared until no connection has an older one
     */
    private static void readsChangingTable(Duration pause, int attempts) {
        byte[] readTable = Wire.all(Wire.bind("", "s"), Wire.execute(""), Wire.sync());
        int read = 0;
        int refused = 0;
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Setting setting = new Setting(PoolMode.TRANSACTION, 2);
            Client holder = new Client(setting, 1, new byte[0]);
            Client reader = new Client(setting, 2, new byte[0]);
            Client other = new Client(setting, 3, new byte[0]);
            List<Client> clients = List.of(holder, reader, other);
            setting.opened(holder, reader, other);
            Map<Client, Integer> known = new HashMap<>();
            for (int step = 0; step < 40; step++) {
                Client client = random.nextBoolean() ? reader : other;
                Integer columns = known.get(client);
                switch (random.nextInt(6)) {
                    case 0 -> {
                        setting.columns++;
                        setting.now += pause.toNanos();
                    }
                    case 1 -> holder.asks(setting, Wire.query("BEGIN"));
                    case 2 -> holder.asks(setting, Wire.query("COMMIT"));
                    case 3 -> known.put(client, prepares(client, setting, attempts));
                    default -> {
                        byte[] answer = client.asks(setting, readTable);
                        if (columns == null || Wire.types(answer).equals("EZ")) {
                            refused++;
                            assertThat(new String(answer, StandardCharsets.ISO_8859_1))
                                    .contains(columns == null ? "26000" : "0A000");
                        } else {
                            read++;
                            assertThat(answer)
                                    .as("seed %s, step %s", seed, step)
                                    .isEqualTo(table(columns));
                        }
                    }
                }
            }
            assertThat(prepares(reader, setting, attempts)).isEqualTo(setting.columns);
            for (int i = 0; i < 4; i++) {
                holder.asks(setting, Wire.query(i % 2 == 0 ? "BEGIN" : "COMMIT"));
                assertThat(reader.asks(setting, readTable)).isEqualTo(table(setting.columns));
            }
            setting.close(clients);
        }
        assertThat(read).isGreaterThan(1000);
        assertThat(refused).isGreaterThan(1000);
    }

    private static byte[] table(int columns) {
        return Wire.all(
                Wire.message('2'), Wire.row(columns), Wire.complete("SELECT 1"), Wire.ready('I'));
    }

    /** Prepares until no connection has an older one; returns the columns that were told. */
    private static int prepares(Client client, Setting setting, int attempts) {
        for (int attempt = 0; attempt < attempts; attempt++) {
            byte[] answer =
                    client.asks(
                            setting,
                            Wire.all(
                                    Wire.closeStatement("s"),
                                    Wire.parse("s", "TABLE"),
                                    Wire.message('D', 'S', "s"),
                                    Wire.sync()));
            if (Wire.types(answer).equals("31tTZ")) {
                return ByteBuffer.wrap(answer).getShort(5 + 5 + 7 + 5);
            }
            assertThat(Wire.types(answer)).isEqualTo("31EZ");
        }
        throw new AssertionError("it is never prepared anew");
    }

    private static void check(PoolMode mode, int sessions, int max, int seed, boolean losing) {
        Random random = new Random(seed);
        Setting setting = new Setting(mode, max);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < sessions; i++) {
            clients.add(new Client(setting, i + 1, script(random)));
        }
        int idle = 0;
        while (idle < 300) {
            idle++;
            boolean moved =
                    switch (random.nextInt(5)) {
                        case 0, 1 -> clients.get(random.nextInt(sessions)).sends(random);
                        case 2 -> setting.serverWorks(random);
                        case 3 -> losing && random.nextInt(4) == 0 && setting.losesIdle(random);
                        default -> {
                            setting.control.runPendingTasks();
                            yield false;
                        }
                    };
            idle = moved ? 0 : idle;
        }
        setting.settle();
        for (Client client : clients) {
            SimulatedBackend own = new SimulatedBackend("UNREADABLE"::equals);
            own.identity = client.number;
            own.receive(client.script);
            byte[] direct = own.take();
            byte[] pooled = client.answered.toByteArray();
            assertThat(HexFormat.of().formatHex(pooled))
                    .as(
                            "%s, seed %s, session %s, script %s: %s instead of %s",
                            mode,
                            seed,
                            client.number,
                            Wire.types(client.script),
                            Wire.types(pooled),
                            Wire.types(direct))
                    .isEqualTo(HexFormat.of().formatHex(direct));
            assertThat(client.ended).isNull();
        }
        setting.close(clients);
    }

    private static byte[] script(Random random) {
        List<byte[]> messages = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            String named = random.nextBoolean() ? "a" : random.nextBoolean() ? "b" : "c";
            String portal = random.nextBoolean() ? "p" : "q";
            switch (random.nextInt(14)) {
                case 0, 1 -> messages.add(Wire.query(text(random)));
                case 2, 3 -> messages.add(Wire.parse(named, text(random)));
                case 4 -> messages.add(Wire.closeStatement(named));
                case 5 -> messages.add(Wire.bind(portal, named));
                case 6 -> messages.add(Wire.execute(portal));
                case 7 -> messages.add(Wire.message('D', 'S', named));
                case 8, 9 -> messages.add(Wire.sync());
                case 10 -> messages.add(Wire.flush());
                case 11 -> {
                    messages.add(Wire.parse("", text(random)));
                    messages.add(Wire.bind("", ""));
                    messages.add(Wire.execute(""));
                    messages.add(Wire.sync());
                }
                case 12 -> {
                    messages.add(Wire.bind("", named));
                    messages.add(Wire.execute(""));
                    messages.add(Wire.sync());
                }
                default -> messages.add(Wire.bind("", ""));
            }
        }
        messages.add(Wire.sync());
        // Whatever is open ends here, so that the others get their turn.
        messages.add(Wire.query("ROLLBACK"));
        messages.add(Wire.query("WHO"));
        return Wire.all(messages.toArray(byte[][]::new));
    }

    private static String text(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> "BEGIN";
            case 1 -> random.nextBoolean() ? "COMMIT" : "ROLLBACK";
            case 2 -> "UNREADABLE";
            case 3 -> "FAILS";
            case 4 -> "";
            case 5, 6 -> "ROWS " + random.nextInt(4);
            default -> "WHO";
        };
    }

    /** A pool in front of simulated servers. */
    private static final class Setting {

        final EmbeddedChannel control = new EmbeddedChannel();
        final EventLoop eventLoop = control.eventLoop();
        final List<Server> servers = new ArrayList<>();
        int columns;
        long now;
        final UpstreamPools pools;

        Setting(PoolMode mode, int max) {
            pools =
                    new UpstreamPools(
                            new PoolSettings(
                                    mode,
                                    max,
                                    0,
                                    Duration.ofHours(1),
                                    Duration.ofHours(1),
                                    Duration.ofMillis(5),
                                    100,
                                    Duration.ofHours(1),
                                    MAX_STATEMENTS,
                                    QUEUED),
                            (loop, database, maxLag) -> connect(),
                            host -> true,
                            host -> false,
                            new SilentPoolObserver(),
                            () -> now);
        }

        private Future<UpstreamConnection> connect() {
            Server server = new Server();
            server.backend.columns = () -> columns;
            servers.add(server);
            return eventLoop.newSucceededFuture(
                    new UpstreamConnection(server.channel, HOST, Map.of("a", "b"), null));
        }

        boolean serverWorks(Random random) {
            return !servers.isEmpty() && servers.get(random.nextInt(servers.size())).works(random);
        }

        void opened(Client... clients) {
            settle();
            for (Client client : clients) {
                client.attaches();
                settle();
            }
        }

        /** Everything that is on its way arrives. */
        void settle() {
            for (int quiet = 0; quiet < 3; quiet++) {
                control.runPendingTasks();
                for (Server server : List.copyOf(servers)) {
                    if (server.arrives()) {
                        quiet = 0;
                    }
                }
            }
        }

        /** A connection that nobody uses is closed by its server. */
        boolean losesIdle(Random random) {
            if (servers.isEmpty()) {
                return false;
            }
            Server server = servers.get(random.nextInt(servers.size()));
            if (!server.inUse() && server.channel.isActive()) {
                server.channel.close();
                server.channel.runPendingTasks();
                servers.remove(server);
                return true;
            }
            return false;
        }

        void close(List<Client> clients) {
            clients.forEach(Client::close);
            for (Server server : servers) {
                server.channel.finishAndReleaseAll();
            }
        }
    }

    private static final class Server {

        final EmbeddedChannel channel = new EmbeddedChannel();
        private final SimulatedBackend backend = new SimulatedBackend("UNREADABLE"::equals);
        private byte[] owed = new byte[0];

        private byte[] received() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (ByteBuf out; (out = channel.readOutbound()) != null; out.release()) {
                all.writeBytes(ByteBufUtil.getBytes(out));
            }
            return all.toByteArray();
        }

        boolean arrives() {
            byte[] received = received();
            backend.receive(received);
            owed = Wire.all(owed, backend.take());
            byte[] all = owed;
            owed = new byte[0];
            if (all.length > 0 && channel.isActive()) {
                channel.writeInbound(Unpooled.wrappedBuffer(all));
            }
            return all.length > 0 || received.length > 0;
        }

        boolean works(Random random) {
            if (random.nextBoolean()) {
                byte[] received = received();
                backend.receive(received);
                owed = Wire.all(owed, backend.take());
                return received.length > 0;
            }
            int cut = random.nextInt(owed.length + 1);
            if (cut == 0 || !channel.isActive()) {
                return false;
            }
            byte[] part = Arrays.copyOf(owed, cut);
            owed = Arrays.copyOfRange(owed, cut, owed.length);
            channel.writeInbound(Unpooled.wrappedBuffer(part));
            return true;
        }

        /** Tells whether something is on its way, or may be kept. */
        boolean inUse() {
            byte[] received = received();
            backend.receive(received);
            owed = Wire.all(owed, backend.take());
            return owed.length > 0 || received.length > 0 || !backend.isIdle();
        }
    }

    private static final class Client implements BackendEvents {

        final int number;
        final byte[] script;
        final ByteArrayOutputStream answered = new ByteArrayOutputStream();
        private final Future<PooledBackend> opening;
        private int at;
        @Nullable PooledBackend backend;
        @Nullable String ended;
        int toldWritable;

        Client(Setting setting, int number, byte[] script) {
            this.number = number;
            this.script = script;
            this.opening =
                    setting.pools.open(
                            setting.eventLoop,
                            "db",
                            new SessionState(
                                    "postern/" + number,
                                    Integer.toString(number),
                                    "",
                                    "",
                                    Map.of()),
                            UpstreamPools.Demand.NONE,
                            List.of());
        }

        void attaches() {
            backend = opening.getNow();
            backend.attach(this);
        }

        void sendsAll() {
            if (backend != null) {
                backend.write(Unpooled.copiedBuffer(script));
                backend.flush();
            }
        }

        /** Returns the answer. */
        byte[] asks(Setting setting, byte[] messages) {
            answered.reset();
            if (backend != null) {
                backend.write(Unpooled.copiedBuffer(messages));
                backend.flush();
            }
            setting.settle();
            return answered.toByteArray();
        }

        boolean isWritable() {
            return backend != null && backend.isWritable();
        }

        boolean cancels() {
            return backend != null && backend.cancel() != null;
        }

        /** Sends some whole messages. */
        boolean sends(Random random) {
            if (backend == null) {
                if (!opening.isSuccess()) {
                    return false;
                }
                backend = opening.getNow();
                backend.attach(this);
                return true;
            }
            int to = at;
            for (int i = random.nextInt(4); i > 0 && to < script.length; i--) {
                to += 1 + ByteBuffer.wrap(script).getInt(to + 1);
            }
            if (to == at) {
                return false;
            }
            backend.write(Unpooled.copiedBuffer(script, at, to - at));
            backend.flush();
            at = to;
            return true;
        }

        void close() {
            if (backend != null) {
                backend.close();
            }
        }

        @Override
        public void onUpstreamBytes(ByteBuf in) {
            answered.writeBytes(ByteBufUtil.getBytes(in));
            in.skipBytes(in.readableBytes());
        }

        @Override
        public void onUpstreamReadComplete() {}

        @Override
        public void onUpstreamWritability() {
            toldWritable++;
        }

        @Override
        public void onUpstreamClosed(@Nullable String cause) {
            ended = "closed: " + cause;
        }

        @Override
        public void onTrouble(Throwable cause) {
            ended = cause.toString();
        }

        @Override
        public void onRefused(ErrorResponse error) {
            ended = error.message();
        }
    }
}
