package dev.postern.audit;

import dev.postern.identity.Principal;
import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Events for tests. */
final class Events {

    static final EventId ID = EventId.of(1_795_456_466_123L, 0x0ABC, 0x1234_5678_9ABC_DEF0L);
    static final long TIME = 1_795_456_466_123L;

    static final SessionContext SESSION =
            new SessionContext(
                    "s-1",
                    "10.0.0.7:51234",
                    "TLSv1.3",
                    new Principal(
                            "report-bot",
                            "dana@example.com",
                            Principal.HumanSource.CREDENTIAL,
                            "weekly report",
                            "prompt-9"),
                    "shop",
                    "main",
                    "reporting");

    static final SessionContext UNKNOWN =
            new SessionContext("s-2", "10.0.0.8:1", null, null, null, null, null);

    static final Verdict ALLOW =
            new Verdict.Allow(
                    new StatementSummary(
                            "SELECT",
                            "0123456789abcdef",
                            List.of("public.orders", "public.users"),
                            List.of("count")));

    static final Verdict DENY =
            new Verdict.Deny(
                    new StatementSummary("DELETE", "", List.of(), List.of()),
                    new Denial(
                            Rule.WRITE,
                            SqlState.READ_ONLY_SQL_TRANSACTION,
                            "DELETE writes \"data\"",
                            1,
                            "DELETE",
                            "read instead"));

    private Events() {}

    static SqlText sql(String text) {
        return SqlText.owning(text.getBytes(StandardCharsets.UTF_8));
    }

    static AuditEvent.StatementDecided decided(SqlText text, Verdict verdict) {
        return new AuditEvent.StatementDecided(
                ID, TIME, SESSION, AuditEvent.Protocol.EXTENDED, text, verdict, 1_999);
    }

    static String encoded(AuditEvent event) {
        return encoded(new EventEncoder(EventEncoder.DEFAULT_STATEMENT_LIMIT), event);
    }

    static String encoded(EventEncoder encoder, AuditEvent event) {
        int length = encoder.encode(event);
        return new String(encoder.array(), 0, length, StandardCharsets.UTF_8) + "}";
    }
}
