package dev.postern.server.enforce;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.EventId;
import dev.postern.audit.SessionContext;
import dev.postern.policy.Verdict;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlText;
import org.jspecify.annotations.Nullable;

/** Writes one session's events. */
final class SessionAudit {

    private final SessionEnvironment environment;
    private final SessionContext context;

    SessionAudit(SessionEnvironment environment, SessionContext context) {
        this.environment = environment;
        this.context = context;
    }

    /** Records that the session is ready; false if it cannot be recorded. */
    boolean opened() {
        long now = environment.wallClock().millis();
        return environment.audit().accept(new AuditEvent.SessionOpened(newId(now), now, context));
    }

    /** Records a decision; {@code null} if it cannot be recorded. */
    @Nullable EventId decided(
            AuditEvent.Protocol protocol, @Nullable SqlText text, Verdict verdict, long gateNanos) {
        long now = environment.wallClock().millis();
        EventId id = newId(now);
        boolean recorded =
                environment
                        .audit()
                        .accept(
                                new AuditEvent.StatementDecided(
                                        id, now, context, protocol, text, verdict, gateNanos));
        environment.observer().decided(verdict);
        return recorded ? id : null;
    }

    /** Records how an execution has ended. */
    void completed(AuditedExecution execution) {
        ErrorResponse error = execution.error();
        long totalNanos = environment.nanoTime().getAsLong() - execution.startNanos();
        environment
                .audit()
                .accept(
                        new AuditEvent.StatementCompleted(
                                execution.decision(),
                                environment.wallClock().millis(),
                                context,
                                execution.protocol(),
                                execution.command(),
                                execution.rows(),
                                execution.bytes(),
                                execution.firstRowAfterNanos(),
                                totalNanos,
                                error == null ? null : error.sqlState(),
                                error == null ? null : error.message(),
                                lag(execution)));
        environment.observer().completed(totalNanos, execution.rows(), execution.bytes());
    }

    /** Records that a statement failed before it ran. */
    void failedBeforeExecution(EventId decision, String command, ErrorResponse error) {
        environment
                .audit()
                .accept(
                        new AuditEvent.StatementCompleted(
                                decision,
                                environment.wallClock().millis(),
                                context,
                                AuditEvent.Protocol.EXTENDED,
                                command,
                                0,
                                0,
                                -1,
                                0,
                                error.sqlState(),
                                error.message(),
                                -1));
    }

    /** Which host would serve it may not have been known when it was forwarded. */
    private long lag(AuditedExecution execution) {
        return execution.lagNanos() >= 0
                ? execution.lagNanos()
                : environment.freshness().lagNanos();
    }

    void cancelRequested() {
        long now = environment.wallClock().millis();
        environment.audit().accept(new AuditEvent.CancelRequested(newId(now), now, context));
    }

    void closed(String why, @Nullable String sqlState) {
        long now = environment.wallClock().millis();
        environment
                .audit()
                .accept(new AuditEvent.SessionClosed(newId(now), now, context, why, sqlState));
    }

    private EventId newId(long now) {
        return EventId.of(now, environment.random().nextLong(), environment.random().nextLong());
    }
}
