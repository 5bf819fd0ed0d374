package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.tools.SuggestedLimits;
import dev.postern.server.tools.Suggestion;
import dev.postern.server.tools.Suggestion.Basis;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A suggested policy as YAML for the configuration file, and as JSON. */
final class SuggestionOutput {

    private static final long MIB = 1 << 20;
    private static final int MOST_LEFT_OUT = 20;

    private final List<String> lines = new ArrayList<>();

    private SuggestionOutput() {}

    static List<String> yaml(List<Suggestion> suggestions, List<String> header) {
        SuggestionOutput output = new SuggestionOutput();
        header.forEach(line -> output.comment(0, line));
        output.add(0, "policies:");
        suggestions.forEach(output::policy);
        return output.lines;
    }

    private void policy(Suggestion suggestion) {
        PolicyConfig present = suggestion.present();
        int all = suggestion.passing() + suggestion.leftOut().size();
        comment(
                1,
                suggestion.passing()
                        + " of "
                        + all
                        + " distinct statements pass under this policy.");
        suggestion.leftOut().stream()
                .limit(MOST_LEFT_OUT)
                .forEach(one -> {
                    comment(
                            1,
                            "Left out, since no such policy lets it pass: ["
                                    + one.denial().rule().code()
                                    + "] "
                                    + one.denial().message());
                    comment(1, "  " + AuditLine.shortened(one.statement().text()));
                });
        if (suggestion.leftOut().size() > MOST_LEFT_OUT) {
            comment(
                    1,
                    (suggestion.leftOut().size() - MOST_LEFT_OUT) + " more are left out likewise.");
        }
        add(1, quotedKey(present.name()) + ":");
        add(2, "upstream: " + quoted(present.upstream()));
        add(2, "databases: " + flow(present.databases()));
        add(2, "relations:");
        entries("allow", suggestion.relations());
        if (!suggestion.deniedRelations().isEmpty()) {
            add(3, "deny: " + flow(suggestion.deniedRelations()) + "   # as now");
        }
        if (!suggestion.deniedColumns().isEmpty()) {
            add(2, "columns:");
            add(3, "deny: " + flow(suggestion.deniedColumns()) + "   # as now");
        }
        suggestion
                .openedDenials()
                .forEach(denial ->
                        comment(
                                2,
                                "No longer denied, since recorded statements read it: " + denial));
        if (!suggestion.functions().isEmpty()) {
            add(2, "functions:");
            entries("allow", suggestion.functions());
        }
        limits(suggestion);
    }

    private void entries(String key, Map<String, Basis> entries) {
        if (entries.isEmpty()) {
            add(3, key + ": []");
            return;
        }
        add(3, key + ":");
        entries.forEach((name, basis) -> add(4, "- " + quoted(name) + "   # " + basis(basis)));
    }

    private static String basis(Basis basis) {
        StringBuilder text = new StringBuilder();
        text.append(count(basis.statements(), "statement"));
        text.append(", ").append(count(basis.runs(), "run"));
        if (basis.columns().contains("*")) {
            text.append("; every column");
        } else if (!basis.columns().isEmpty()) {
            text.append("; columns ").append(String.join(", ", basis.columns()));
        }
        if (!basis.note().isEmpty()) {
            text.append("; ").append(basis.note());
        }
        return AuditLine.printable(text);
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private void limits(Suggestion suggestion) {
        SuggestedLimits limits = suggestion.limits();
        var present = suggestion.present().limits();
        add(2, "limits:");
        if (limits.timeout() == null) {
            add(
                    3,
                    "statement_timeout: "
                            + present.statementTimeout().toMillis()
                            + "ms   # as now: nothing that was recorded ended");
        }
        if (limits.maxRows() == null && present.maxRows() != null) {
            add(3, "max_rows: " + present.maxRows() + "   # as now");
        }
        if (limits.maxResultBytes() == null && present.maxResult() != null) {
            add(3, "max_result: " + present.maxResult() + "B   # as now");
        }
        if (limits.timeout() != null) {
            add(
                    3,
                    "statement_timeout: "
                            + limits.timeout().toSeconds()
                            + "s   # the longest took "
                            + String.format(Locale.ROOT, "%.3f s", limits.longestMillis() / 1000));
        }
        if (limits.maxRows() != null) {
            add(3, "max_rows: " + limits.maxRows() + "   # the most were " + limits.mostRows());
        }
        if (limits.maxResultBytes() != null) {
            add(
                    3,
                    "max_result: "
                            + limits.maxResultBytes() / MIB
                            + "MiB   # the largest was "
                            + limits.mostBytes()
                            + " bytes");
        }
        add(3, "max_sessions: " + present.maxSessions() + "   # as now");
        if (present.queriesPerMinute() != null) {
            add(3, "queries_per_minute: " + present.queriesPerMinute() + "   # as now");
        }
    }

    private static String flow(List<String> values) {
        return "["
                + String.join(", ", values.stream().map(SuggestionOutput::quoted).toList())
                + "]";
    }

    private static String quotedKey(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_-]*") ? name : quoted(name);
    }

    /** JSON's strings are YAML's, too. */
    private static String quoted(String text) {
        return Json.line(Json.object().textNode(text));
    }

    private void comment(int depth, String text) {
        add(depth, "# " + text);
    }

    private void add(int depth, String line) {
        lines.add("  ".repeat(depth) + AuditLine.printable(line));
    }

    static ObjectNode json(Suggestion suggestion) {
        ObjectNode json = Json.object();
        json.put("policy", suggestion.present().name());
        json.put("upstream", suggestion.present().upstream());
        suggestion.present().databases().forEach(json.putArray("databases")::add);
        json.put("passing", suggestion.passing());
        ArrayNode leftOut = json.putArray("left_out");
        for (Suggestion.LeftOut one : suggestion.leftOut()) {
            ObjectNode object = leftOut.addObject();
            object.put("rule", one.denial().rule().code());
            object.put("message", one.denial().message());
            object.put("statement", AuditLine.shortened(one.statement().text()));
        }
        entries(json.putArray("relations_allow"), suggestion.relations());
        suggestion.deniedRelations().forEach(json.putArray("relations_deny")::add);
        suggestion.deniedColumns().forEach(json.putArray("columns_deny")::add);
        suggestion.openedDenials().forEach(json.putArray("no_longer_denied")::add);
        entries(json.putArray("functions_allow"), suggestion.functions());
        SuggestedLimits limits = suggestion.limits();
        ObjectNode limitsJson = json.putObject("limits");
        if (limits.timeout() != null) {
            limitsJson.put("statement_timeout", limits.timeout().toSeconds() + "s");
        }
        if (limits.maxRows() != null) {
            limitsJson.put("max_rows", limits.maxRows());
        }
        if (limits.maxResultBytes() != null) {
            limitsJson.put("max_result", limits.maxResultBytes() / MIB + "MiB");
        }
        return json;
    }

    private static void entries(ArrayNode array, Map<String, Basis> entries) {
        entries.forEach((name, basis) -> {
            ObjectNode json = array.addObject();
            json.put("entry", name);
            json.put("statements", basis.statements());
            json.put("runs", basis.runs());
            if (!basis.columns().isEmpty()) {
                basis.columns().forEach(json.putArray("columns")::add);
            }
            if (!basis.note().isEmpty()) {
                json.put("note", basis.note());
            }
        });
    }
}
