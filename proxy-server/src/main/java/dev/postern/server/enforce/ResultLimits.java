package dev.postern.server.enforce;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import dev.postern.session.Execution;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much a statement may bring, and how long it may take.
 *
 * @param limits what they are
 * @param policyName the policy that says so, by its name
 */
record ResultLimits(SessionLimits limits, String policyName) {

    /** Tells whether a message of so many bytes may still pass. */
    boolean leaveRoom(Execution execution, int length) {
        return execution.rows() < limits.maxRows()
                && execution.bytes() + length <= limits.maxResultBytes();
    }

    /** Returns what an agent is told whose statement was stopped. */
    ErrorResponse reached(Execution execution) {
        String message;
        String hint;
        if (execution.interrupted()) {
            message =
                    "statement stopped: it ran longer than the "
                            + seconds(limits.statementTimeout())
                            + " that policy \""
                            + policyName
                            + "\" allows";
            hint = "Ask for less: filter on an indexed column, add LIMIT, or aggregate.";
        } else if (execution.rows() >= limits.maxRows()) {
            message =
                    "result stopped after "
                            + execution.rows()
                            + " rows, the most that policy \""
                            + policyName
                            + "\" allows";
            hint = "Add LIMIT, filter further, or aggregate.";
        } else {
            message =
                    "result stopped after "
                            + execution.bytes()
                            + " bytes; policy \""
                            + policyName
                            + "\" allows "
                            + limits.maxResultBytes();
            hint = "Select fewer columns, add LIMIT, or aggregate.";
        }
        return DenialResponse.of(
                new Denial(Rule.RESULT_LIMIT, SqlState.QUERY_CANCELED, message, 0, null, hint));
    }

    private static String seconds(@Nullable Duration duration) {
        return duration == null ? "time" : duration.toMillis() / 1000.0 + " s";
    }
}
