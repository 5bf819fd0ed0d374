package dev.postern.server.enforce;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.EventId;
import dev.postern.session.Execution;

/** An execution that knows the decision it rests on. */
final class AuditedExecution extends Execution {

    private final EventId decision;
    private final AuditEvent.Protocol protocol;
    private final String command;

    AuditedExecution(
            long startNanos, EventId decision, AuditEvent.Protocol protocol, String command) {
        super(startNanos);
        this.decision = decision;
        this.protocol = protocol;
        this.command = command;
    }

    EventId decision() {
        return decision;
    }

    AuditEvent.Protocol protocol() {
        return protocol;
    }

    String command() {
        return command;
    }
}
