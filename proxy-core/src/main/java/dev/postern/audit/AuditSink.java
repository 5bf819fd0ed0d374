package dev.postern.audit;

/** Where events go. */
@FunctionalInterface
public interface AuditSink {

    /**
     * Records an event. Called on event loops: returns within microseconds and never blocks.
     *
     * @return true if the event is recorded and survives the end of this process. False means that
     *     it is not and will not be: a statement whose decision is not recorded must be refused.
     */
    boolean accept(AuditEvent event);
}
