package dev.postern.audit;

import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the audit trail. {@code timeMillis} is the wall clock, milliseconds since the epoch;
 * durations are nanoseconds.
 */
public sealed interface AuditEvent {

    EventId id();

    long timeMillis();

    SessionContext session();

    /** How the statement came. */
    enum Protocol {
        SIMPLE("simple"),
        EXTENDED("extended");

        private final String field;

        Protocol(String field) {
            this.field = field;
        }

        /** The value of the field {@code protocol}. */
        public String field() {
            return field;
        }
    }

    /** An agent has authenticated and its session is ready. */
    record SessionOpened(EventId id, long timeMillis, SessionContext session)
            implements AuditEvent {}

    /**
     * A login was refused.
     *
     * @param claimedAgent the name that was claimed, at most 63 bytes of it; {@code null} if none
     *     was
     * @param reason a stable word from a closed set, {@code unknown_agent}, {@code wrong_password},
     *     {@code network}, …
     * @param sqlState what was answered
     */
    record AuthenticationFailed(
            EventId id,
            long timeMillis,
            SessionContext session,
            @Nullable String claimedAgent,
            String reason,
            String sqlState)
            implements AuditEvent {}

    /**
     * A statement was judged. Recorded before anything of it is forwarded.
     *
     * <p>In the extended protocol the decision on a Parse stands for the first Execute of what it
     * prepared; each further Execute is an event of its own with the same text.
     *
     * @param statement the text; {@code null} if the message has none (FunctionCall)
     * @param gateNanos how long the verdict took, zero for a repeated Execute
     */
    record StatementDecided(
            EventId id,
            long timeMillis,
            SessionContext session,
            Protocol protocol,
            @Nullable SqlText statement,
            Verdict verdict,
            long gateNanos)
            implements AuditEvent {}

    /**
     * A statement that was forwarded has ended.
     *
     * @param id the id of the decision it belongs to
     * @param command as in the decision
     * @param rows rows that left towards the agent
     * @param bytes bytes of all messages that left towards the agent for it
     * @param firstRowNanos from forwarding to the first row; negative if there was none
     * @param totalNanos from forwarding to the end
     * @param sqlState the error it ended with; {@code null} if it succeeded
     * @param message the error's message; {@code null} if it succeeded
     * @param lagNanos how far the standby was behind, as it was looked at last before forwarding;
     *     negative on a primary and where it is not known
     */
    record StatementCompleted(
            EventId id,
            long timeMillis,
            SessionContext session,
            Protocol protocol,
            String command,
            long rows,
            long bytes,
            long firstRowNanos,
            long totalNanos,
            @Nullable String sqlState,
            @Nullable String message,
            long lagNanos)
            implements AuditEvent {}

    /** A CancelRequest with a valid key arrived for this session. */
    record CancelRequested(EventId id, long timeMillis, SessionContext session)
            implements AuditEvent {}

    /**
     * The configuration was loaded, changed, or a change was refused.
     *
     * @param message what changed, or why the change was refused; no secrets
     * @param sqlState {@code null} if it took effect, otherwise the code of the trouble
     */
    record ConfigurationChanged(
            EventId id,
            long timeMillis,
            SessionContext session,
            String message,
            @Nullable String sqlState)
            implements AuditEvent {}

    /**
     * A session has ended.
     *
     * @param message why, in words
     * @param sqlState the error it ended with; {@code null} for an orderly end
     */
    record SessionClosed(
            EventId id,
            long timeMillis,
            SessionContext session,
            String message,
            @Nullable String sqlState)
            implements AuditEvent {}
}
