package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.policy.Denial;
import dev.postern.policy.Explanation;
import dev.postern.sql.RelationUse;
import dev.postern.sql.SettingUse;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the gate saw in statements, as JSON. */
final class ExplanationOutput {

    private ExplanationOutput() {}

    static ArrayNode json(List<Explanation> statements) {
        ArrayNode array = Json.array();
        for (Explanation statement : statements) {
            ObjectNode json = array.addObject();
            json.put("command", statement.command());
            ArrayNode relations = json.putArray("relations");
            statement.relations().forEach(read -> relations.add(relation(read)));
            calls(json.putArray("functions"), statement.functions());
            calls(json.putArray("operators"), statement.operators());
            calls(json.putArray("types"), statement.types());
            ArrayNode settings = json.putArray("settings");
            statement.settings().forEach(use -> settings.add(setting(use)));
        }
        return array;
    }

    private static ObjectNode relation(Explanation.Read read) {
        RelationUse use = read.use();
        ObjectNode json = Json.object();
        json.put("name", use.qualifiedName());
        put(json, "position", use.position());
        Relation relation = use.relation();
        if (relation != null) {
            json.put("relation", relation.qualifiedName());
            json.put("kind", relation.kind().name().toLowerCase(Locale.ROOT));
        }
        if (use.only()) {
            json.put("only", true);
        }
        columns(use).forEach(json.putArray("columns")::add);
        refusal(json, read.refusal());
        return json;
    }

    static List<String> columns(RelationUse use) {
        return use.reads().stream()
                .map(RelationUse.ColumnRead::column)
                .distinct()
                .sorted()
                .toList();
    }

    private static void calls(ArrayNode array, List<Explanation.Call> calls) {
        for (Explanation.Call call : calls) {
            ObjectNode json = array.addObject();
            json.put("name", call.name());
            if (call.arguments() >= 0) {
                json.put("arguments", call.arguments());
            }
            put(json, "position", call.position());
            ArrayNode candidates = json.putArray("candidates");
            for (Explanation.Candidate candidate : call.candidates()) {
                candidates.add(candidate(candidate));
            }
            refusal(json, call.refusal());
        }
    }

    private static ObjectNode candidate(Explanation.Candidate candidate) {
        ObjectNode json = Json.object();
        json.put("name", candidate.name());
        Routine routine = candidate.routine();
        if (routine != null) {
            json.put("function", signature(candidate));
            json.put("schema", routine.schema());
            json.put("language", routine.language());
            json.put("volatility", routine.volatility().name().toLowerCase(Locale.ROOT));
            if (routine.securityDefiner()) {
                json.put("security_definer", true);
            }
            if (routine.extension() != null) {
                json.put("extension", routine.extension());
            }
        }
        json.put("passes", candidate.passes());
        if (candidate.passes()) {
            json.put("grounds", candidate.grounds().name().toLowerCase(Locale.ROOT));
        }
        json.put("why", candidate.why());
        return json;
    }

    static String signature(Explanation.Candidate candidate) {
        Routine routine = candidate.routine();
        return routine == null
                ? candidate.name()
                : routine.qualifiedName() + "(" + String.join(", ", candidate.arguments()) + ")";
    }

    private static ObjectNode setting(SettingUse use) {
        ObjectNode json = Json.object();
        if (use.name() != null) {
            json.put("name", use.name());
        }
        json.put("access", use.access().name().toLowerCase(Locale.ROOT));
        if (use.values() != null) {
            use.values().forEach(json.putArray("values")::add);
        }
        put(json, "position", use.position());
        return json;
    }

    private static void put(ObjectNode json, String name, int position) {
        if (position > 0) {
            json.put(name, position);
        }
    }

    private static void refusal(ObjectNode json, @Nullable Denial refusal) {
        json.put("passes", refusal == null);
        if (refusal != null) {
            json.put("rule", refusal.rule().code());
            json.put("message", refusal.message());
        }
    }
}
