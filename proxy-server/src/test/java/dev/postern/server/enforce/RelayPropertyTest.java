package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Random scripts, cut and interleaved at random, through a session and directly to the same
 * backend.
 */
class RelayPropertyTest {

    private static final int SCRIPTS = 4000;
    private static final int MESSAGES = 30;
    private static final SessionLimits LIMITS =
            new SessionLimits(
                    Duration.ofHours(1),
                    Long.MAX_VALUE,
                    Long.MAX_VALUE,
                    100,
                    100,
                    6,
                    Duration.ofHours(1));

    @Test
    void anyScript_everythingAllowed_isAnsweredWithExactlyTheBackendsBytes() {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            Random random = new Random(seed);
            byte[] script = script(random, false);
            byte[] direct = direct(script, sql -> sql.equals("UNREADABLE"));
            byte[] relayed = relayed(script, random, sql -> false, sql -> sql.equals("UNREADABLE"));
            assertThat(HexFormat.of().formatHex(relayed))
                    .as(
                            "seed %s, script %s: %s instead of %s",
                            seed, Wire.types(script), Wire.types(relayed), Wire.types(direct))
                    .isEqualTo(HexFormat.of().formatHex(direct));
        }
    }

    @Test
    void anyScript_someTextsDenied_isAnsweredAsIfTheBackendItselfHadRefusedThem() {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            Random random = new Random(seed);
            byte[] script = script(random, true);
            byte[] direct = direct(script, sql -> sql.equals("UNREADABLE") || sql.equals("DENY"));
            byte[] relayed =
                    relayed(
                            script,
                            random,
                            sql -> sql.equals("DENY"),
                            sql -> sql.equals("UNREADABLE"));
            assertThat(statuses(relayed))
                    .as("seed %s, script %s", seed, Wire.types(script))
                    .isEqualTo(statuses(direct));
        }
    }

    private static byte[] direct(byte[] script, Predicate<String> fails) {
        SimulatedBackend backend = new SimulatedBackend(fails);
        backend.receive(script);
        return backend.take();
    }

    private static byte[] relayed(
            byte[] script, Random random, Predicate<String> denied, Predicate<String> fails) {
        Relay relay = new Relay(LIMITS, null);
        relay.denies = denied;
        SimulatedBackend backend =
                new SimulatedBackend(sql -> {
                    assertThat(denied.test(sql)).as("a refused text at the backend").isFalse();
                    return fails.test(sql);
                });
        ByteArrayOutputStream answered = new ByteArrayOutputStream();
        byte[] owed = new byte[0];
        int at = 0;
        int idle = 0;
        while (idle < 400) {
            idle++;
            relay.known = random.nextBoolean();
            relay.late = random.nextBoolean();
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    int to = Math.min(script.length, at + random.nextInt(60));
                    if (to > at) {
                        relay.agentSends(Arrays.copyOfRange(script, at, to));
                        at = to;
                        idle = 0;
                    }
                }
                case 2 -> {
                    byte[] forwarded = relay.upstream.take();
                    if (forwarded.length > 0) {
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
                    relay.verdicts.forEach(Runnable::run);
                    relay.verdicts.clear();
                    relay.runEventLoop();
                }
            }
            answered.writeBytes(relay.agent.take());
        }
        assertThat(relay.agent.closed).as("session ended").isFalse();
        return answered.toByteArray();
    }

    /** The types of messages, those of ReadyForQuery with their status. */
    private static String statuses(byte[] messages) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        for (char type : Wire.types(messages).toCharArray()) {
            int length = ByteBuffer.wrap(messages).getInt(at + 1) + 1;
            text.append(type);
            if (type == 'Z') {
                text.append((char) messages[at + length - 1]).append(' ');
            }
            at += length;
        }
        return text.toString();
    }

    static byte[] script(Random random, boolean wild) {
        List<byte[]> messages = new ArrayList<>();
        messages.add(Wire.parse("a", "ROWS 1"));
        messages.add(Wire.parse("b", "BEGIN"));
        messages.add(Wire.sync());
        for (int i = 0; i < MESSAGES; i++) {
            String named = random.nextBoolean() ? "a" : "b";
            String portal = random.nextBoolean() ? "p" : "q";
            switch (random.nextInt(wild ? 13 : 11)) {
                case 0, 1 -> messages.add(Wire.query(text(random, wild)));
                case 2 -> messages.add(Wire.parse(named, text(random, wild)));
                case 3 -> messages.add(Wire.closeStatement(named));
                case 4 -> messages.add(Wire.bind(portal, named));
                case 5 -> messages.add(Wire.execute(portal));
                case 6 ->
                        messages.add(
                                random.nextBoolean() ? Wire.describePortal(portal) : Wire.flush());
                case 7, 8 -> messages.add(Wire.sync());
                case 9, 10 -> {
                    messages.add(Wire.parse("", text(random, wild)));
                    messages.add(Wire.bind("", ""));
                    messages.add(Wire.describePortal(""));
                    messages.add(Wire.execute(""));
                }
                case 11 -> messages.add(Wire.bind(random.nextBoolean() ? "" : portal, ""));
                default -> messages.add(Wire.execute(""));
            }
        }
        messages.add(Wire.sync());
        return Wire.all(messages.toArray(byte[][]::new));
    }

    private static String text(Random random, boolean wild) {
        return switch (random.nextInt(wild ? 10 : 8)) {
            case 0 -> "BEGIN";
            case 1 -> random.nextBoolean() ? "COMMIT" : "ROLLBACK";
            case 2 -> "UNREADABLE";
            case 3 -> "FAILS";
            case 4 -> "";
            case 5, 6, 7 -> "ROWS " + random.nextInt(4);
            default -> "DENY";
        };
    }
}
