package dev.postern.server.audit;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.EventEncoder;
import dev.postern.audit.EventId;
import dev.postern.protocol.SqlText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Prints what an event costs: encoding alone, and with storing it in the journal. Its argument is a
 * directory for the trail.
 */
final class AuditCostMain {

    private static final int EVENTS = 200_000;
    private static final int ROUNDS = 8;

    private AuditCostMain() {}

    public static void main(String[] arguments) throws IOException {
        Path directory =
                arguments.length > 0
                        ? Path.of(arguments[0])
                        : Files.createTempDirectory("postern-audit");
        SqlText[] texts = new SqlText[1024];
        for (int i = 0; i < texts.length; i++) {
            String sql =
                    String.format(
                            Locale.ROOT,
                            "SELECT abalance FROM pgbench_accounts JOIN pgbench_branches USING (bid) WHERE aid = %04d",
                            i);
            texts[i] = SqlText.owning(sql.substring(0, 80).getBytes(StandardCharsets.UTF_8));
        }
        try (AuditTrail trail = Trails.open(directory)) {
            EventEncoder encoder = new EventEncoder(EventEncoder.DEFAULT_STATEMENT_LIMIT);
            for (int round = 0; round < ROUNDS; round++) {
                long encode = 0;
                long accept = 0;
                long accepted = 0;
                for (int i = 0; i < EVENTS; i++) {
                    AuditEvent event =
                            new AuditEvent.StatementDecided(
                                    new EventId(i, ~i),
                                    1_795_456_466_123L + i / 20,
                                    TrailEvents.SESSION,
                                    AuditEvent.Protocol.EXTENDED,
                                    texts[i & 1023],
                                    TrailEvents.ALLOW,
                                    1500);
                    long start = System.nanoTime();
                    encoder.encode(event);
                    long middle = System.nanoTime();
                    boolean stored = trail.accept(event);
                    long end = System.nanoTime();
                    encode += middle - start;
                    accept += end - middle;
                    accepted += stored ? 1 : 0;
                    if ((i & 127) == 127) {
                        pause();
                    }
                }
                System.out.printf(
                        Locale.ROOT,
                        "encode %d ns, accept %d ns per event; accepted %d of %d%n",
                        encode / EVENTS,
                        accept / EVENTS,
                        accepted,
                        EVENTS);
            }
        }
    }

    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(500_000);
    }
}
