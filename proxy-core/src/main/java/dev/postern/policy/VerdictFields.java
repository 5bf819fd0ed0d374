package dev.postern.policy;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A verdict as {@code postern check} and {@code postern.check()} show it: the fields' names, values
 * and order. The names are those of the audit trail.
 */
public final class VerdictFields {

    private VerdictFields() {}

    /**
     * Returns the decision and, of a refusal, what the agent is told of it: {@code decision, rule,
     * sqlstate, message, position, object, hint}, strings but for the number {@code position}. What
     * has no value is absent.
     */
    public static SequencedMap<String, Object> of(Verdict verdict) {
        SequencedMap<String, Object> fields = new LinkedHashMap<>();
        switch (verdict) {
            case Verdict.Allow allow -> fields.put("decision", "allow");
            case Verdict.Answer answer -> fields.put("decision", "allow");
            case Verdict.Deny(StatementSummary summary, Denial denial) -> {
                fields.put("decision", "deny");
                fields.put("rule", denial.rule().code());
                fields.put("sqlstate", denial.sqlState().code());
                fields.put("message", denial.message());
                if (denial.position() > 0) {
                    fields.put("position", denial.position());
                }
                if (denial.object() != null) {
                    fields.put("object", denial.object());
                }
                fields.put("hint", denial.hint());
            }
        }
        return fields;
    }
}
