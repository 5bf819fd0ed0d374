package dev.postern.server.enforce;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.EventId;
import dev.postern.session.Execution;

/** An execution that knows the decision it rests on. */
final class AuditedExecution extends Execution {

    private final EventId decision;
    private final AuditEvent.Protocol protocol;
    private final String command;
    private final boolean answer;
    private final long lagNanos;

    /**
     * Makes one that begins now.
     *
     * @param answer whether it brings Postern's own answer to a question, to which the limits of
     *     results do not apply
     * @param lagNanos how far the host is behind; negative for a primary or if unknown
     */
    AuditedExecution(
            long startNanos,
            EventId decision,
            AuditEvent.Protocol protocol,
            String command,
            boolean answer,
            long lagNanos) {
        super(startNanos);
        this.decision = decision;
        this.protocol = protocol;
        this.command = command;
        this.answer = answer;
        this.lagNanos = lagNanos;
    }

    EventId decision() {
        return decision;
    }

    AuditEvent.Protocol protocol() {
        return protocol;
    }

    boolean isAnswer() {
        return answer;
    }

    long lagNanos() {
        return lagNanos;
    }

    String command() {
        return command;
    }
}
