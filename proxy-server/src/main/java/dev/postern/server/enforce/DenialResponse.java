package dev.postern.server.enforce;

import dev.postern.policy.Denial;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.Severity;

/**
 * A denial as the agent reads it: MESSAGE in words, DETAIL one line of JSON, HINT what would pass.
 */
final class DenialResponse {

    private DenialResponse() {}

    static ErrorResponse of(Denial denial) {
        return new ErrorResponse(
                Severity.ERROR,
                denial.sqlState().code(),
                denial.message(),
                denial.detailJson(),
                denial.hint(),
                denial.position());
    }
}
