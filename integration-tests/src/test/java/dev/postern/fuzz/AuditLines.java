package dev.postern.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.postern.audit.AuditEvent;
import dev.postern.audit.EventEncoder;
import dev.postern.audit.EventId;
import dev.postern.audit.SessionContext;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import java.io.IOException;
import java.util.List;

/**
 * A statement of any bytes becomes one line of JSON, redacted or not, never longer than allowed.
 */
public final class AuditLines {

    private static final int LIMIT = 500;
    private static final EventEncoder ENCODER = new EventEncoder(LIMIT);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final SessionContext SESSION =
            new SessionContext("s", "127.0.0.1:1", null, null, "db", "up", "first");
    private static final Verdict VERDICT =
            new Verdict.Allow(new StatementSummary("SELECT", "", List.of(), List.of()));

    private AuditLines() {}

    /** Encodes the decision on a text. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        AuditEvent event =
                new AuditEvent.StatementDecided(
                        new EventId(1, 2),
                        3,
                        SESSION,
                        AuditEvent.Protocol.SIMPLE,
                        SqlText.owning(input),
                        VERDICT,
                        4);
        int length = ENCODER.encode(event);
        byte[] line = new byte[length + 1];
        System.arraycopy(ENCODER.array(), 0, line, 0, length);
        line[length] = '}';
        for (byte b : line) {
            Finding.unless(b != '\n' && b != '\r', "a line break within a line");
        }
        JsonNode read = MAPPER.readTree(line);
        Finding.unless(read.path("decision").asText().equals("allow"), "the decision is lost");
        Finding.unless(
                input.length == 0 || read.path("statement").isTextual(), "the statement is lost");
        Finding.unless(length <= 6 * LIMIT + 1000, length + " bytes");
    }
}
