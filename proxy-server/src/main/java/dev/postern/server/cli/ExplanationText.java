package dev.postern.server.cli;

import dev.postern.catalog.Relation;
import dev.postern.policy.Denial;
import dev.postern.policy.Explanation;
import dev.postern.policy.Verdict;
import dev.postern.policy.VerdictFields;
import dev.postern.server.tools.CatalogLook;
import dev.postern.sql.SettingUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A verdict and what the gate saw, indented, for people. */
final class ExplanationText {

    private final List<String> lines = new ArrayList<>();

    private ExplanationText() {}

    static List<String> lines(
            String agent,
            String policy,
            Verdict verdict,
            CatalogLook look,
            List<String> searchPath,
            List<Explanation> statements) {
        ExplanationText text = new ExplanationText();
        text.verdict(agent, policy, verdict);
        text.add(
                0,
                look.isRead()
                        ? "names: database "
                                + look.database()
                                + " on "
                                + look.host()
                                + " (PostgreSQL "
                                + look.catalog().source().serverVersion()
                                + "), search path "
                                + String.join(", ", searchPath)
                        : "names: not resolved (" + look.reason() + ")");
        for (int i = 0; i < statements.size(); i++) {
            text.add(0, "");
            text.statement(i + 1, statements.get(i));
        }
        return text.lines;
    }

    private void verdict(String agent, String policy, Verdict verdict) {
        Map<String, Object> fields = VerdictFields.of(verdict);
        Object rule = fields.get("rule");
        add(
                0,
                fields.get("decision")
                        + (rule == null ? "" : "[" + rule + "]")
                        + "  agent "
                        + agent
                        + ", policy "
                        + policy);
        switch (verdict) {
            case Verdict.Deny(var summary, Denial denial) -> {
                add(1, denial.message());
                add(1, denial.hint());
            }
            case Verdict.Allow allow -> {
                Denial observed = allow.observed();
                if (observed != null) {
                    add(1, "only because the policy is in mode observe: " + rule(observed));
                }
            }
            case Verdict.Answer answer -> add(1, "Postern answers this itself");
        }
    }

    private void statement(int number, Explanation statement) {
        add(0, "statement " + number + ": " + statement.command());
        for (Explanation.Read read : statement.relations()) {
            Relation relation = read.use().relation();
            List<String> columns = ExplanationOutput.columns(read.use());
            add(
                    1,
                    "relation "
                            + read.use().qualifiedName()
                            + (relation == null
                                    ? ""
                                    : " = "
                                            + relation.qualifiedName()
                                            + ", "
                                            + relation.kind()
                                                    .name()
                                                    .toLowerCase(Locale.ROOT)
                                                    .replace('_', ' '))
                            + (columns.isEmpty()
                                    ? ", rows only counted"
                                    : ", columns " + String.join(", ", columns))
                            + outcome(read.refusal()));
        }
        calls("function", statement.functions());
        calls("operator", statement.operators());
        calls("type", statement.types());
        for (SettingUse use : statement.settings()) {
            add(
                    1,
                    "setting "
                            + (use.name() == null ? "(not a constant)" : use.name())
                            + ", "
                            + use.access().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                            + (use.values() == null
                                    ? ""
                                    : " to " + String.join(", ", use.values())));
        }
    }

    private void calls(String kind, List<Explanation.Call> calls) {
        for (Explanation.Call call : calls) {
            add(1, kind + " " + call.name() + outcome(call.refusal()));
            for (Explanation.Candidate candidate : call.candidates()) {
                add(
                        2,
                        (candidate.passes() ? "passes: " : "does not pass: ")
                                + ExplanationOutput.signature(candidate)
                                + (candidate.routine() == null
                                        ? ""
                                        : ", language " + candidate.routine().language())
                                + ": "
                                + candidate.why());
            }
        }
    }

    private static String outcome(@Nullable Denial refusal) {
        return refusal == null ? "" : ": " + rule(refusal);
    }

    private static String rule(Denial refusal) {
        return "[" + refusal.rule().code() + "] " + refusal.message();
    }

    private void add(int depth, String line) {
        lines.add("  ".repeat(depth) + AuditLine.printable(line));
    }
}
