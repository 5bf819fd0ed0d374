package dev.postern.server.audit;

import java.time.Instant;

/** Whether the trail takes decisions right now. */
public sealed interface AuditHealth {

    /** It does. */
    record Available() implements AuditHealth {}

    /**
     * It does not, and statements are refused.
     *
     * @param reason why, in words for an operator
     * @param since when that began
     */
    record Unavailable(String reason, Instant since) implements AuditHealth {}
}
