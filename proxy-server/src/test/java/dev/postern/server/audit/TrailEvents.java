package dev.postern.server.audit;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.EventId;
import dev.postern.audit.SessionContext;
import dev.postern.identity.Principal;
import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Events for tests; each carries a number in its statement. */
final class TrailEvents {

    static final SessionContext SESSION =
            new SessionContext(
                    "0199-4711",
                    "10.0.0.7:51234",
                    "TLSv1.3",
                    new Principal(
                            "report-bot",
                            "dana@example.com",
                            Principal.HumanSource.CREDENTIAL,
                            null,
                            null),
                    "shop",
                    "main",
                    "reporting");

    static final Verdict ALLOW =
            new Verdict.Allow(
                    new StatementSummary(
                            "SELECT",
                            "0123456789abcdef",
                            List.of("public.orders"),
                            List.of("count")));

    static final Verdict DENY =
            new Verdict.Deny(
                    new StatementSummary(
                            "DELETE", "0123456789abcdff", List.of("public.orders"), List.of()),
                    new Denial(
                            Rule.WRITE,
                            SqlState.READ_ONLY_SQL_TRANSACTION,
                            "DELETE writes",
                            1,
                            "DELETE",
                            "SELECT reads"));

    private static final long TIME = 1_795_456_466_123L;

    private TrailEvents() {}

    static AuditEvent.StatementDecided decided(long number) {
        return decided("SELECT /* " + number + " */ count(*) FROM public.orders", ALLOW, number);
    }

    static AuditEvent.StatementDecided denied(long number) {
        return decided("DELETE /* " + number + " */ FROM public.orders", DENY, number);
    }

    static AuditEvent.StatementDecided decided(String text, Verdict verdict, long number) {
        return new AuditEvent.StatementDecided(
                EventId.of(TIME + number, number, number),
                TIME + number,
                SESSION,
                AuditEvent.Protocol.SIMPLE,
                SqlText.owning(text.getBytes(StandardCharsets.UTF_8)),
                verdict,
                1500);
    }

    static AuditEvent.StatementCompleted completed(long number) {
        return new AuditEvent.StatementCompleted(
                EventId.of(TIME + number, number, number),
                TIME + number,
                SESSION,
                AuditEvent.Protocol.SIMPLE,
                "SELECT",
                number,
                100,
                200_000,
                400_000,
                null,
                null,
                -1);
    }
}
