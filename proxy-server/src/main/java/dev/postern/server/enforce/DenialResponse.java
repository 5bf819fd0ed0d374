package dev.postern.server.enforce;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.postern.policy.Denial;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.Severity;

/** A denial as the agent reads it: MESSAGE in words, DETAIL one line of JSON, HINT what would pass. */
final class DenialResponse {

    private DenialResponse() {}

    static ErrorResponse of(Denial denial) {
        return new ErrorResponse(
                Severity.ERROR,
                denial.sqlState().code(),
                denial.message(),
                detail(denial),
                denial.hint(),
                denial.position());
    }

    /** {@code {"rule":"…","position":…,"object":"…"}}; what has no value is absent. */
    private static String detail(Denial denial) {
        StringBuilder json = new StringBuilder(64).append("{\"rule\":\"").append(denial.rule().code()).append('"');
        if (denial.position() > 0) {
            json.append(",\"position\":").append(denial.position());
        }
        String object = denial.object();
        if (object != null) {
            json.append(",\"object\":\"");
            JsonStringEncoder.getInstance().quoteAsString(object, json);
            json.append('"');
        }
        return json.append('}').toString();
    }
}
