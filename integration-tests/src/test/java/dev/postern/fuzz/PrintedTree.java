package dev.postern.fuzz;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A parse tree as the grammar printed it, looked at in a way that shares nothing with the gate:
 * does it hold anything that is certainly no read?
 */
final class PrintedTree {

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(100_000)
                                                    .build())
                                    .build())
                    .build();

    private static final Set<String> STATEMENTS =
            Set.of(
                    "RawStmt",
                    "SelectStmt",
                    "ExplainStmt",
                    "VariableSetStmt",
                    "VariableShowStmt",
                    "TransactionStmt",
                    "PrepareStmt",
                    "ExecuteStmt",
                    "DeallocateStmt",
                    "DeclareCursorStmt",
                    "FetchStmt",
                    "ClosePortalStmt",
                    "CopyStmt",
                    "DiscardStmt",
                    "UnlistenStmt");

    private static final Set<String> WRITING_FUNCTIONS =
            Set.of(
                    "dblink",
                    "dblink_exec",
                    "lo_create",
                    "lo_export",
                    "lo_from_bytea",
                    "lo_import",
                    "lo_put",
                    "lo_unlink",
                    "nextval",
                    "pg_advisory_lock",
                    "pg_cancel_backend",
                    "pg_logical_emit_message",
                    "pg_ls_dir",
                    "pg_notify",
                    "pg_promote",
                    "pg_read_file",
                    "pg_reload_conf",
                    "pg_sleep",
                    "pg_switch_wal",
                    "pg_terminate_backend",
                    "query_to_xml",
                    "setval",
                    "ts_stat");

    private PrintedTree() {}

    /** Names the first thing that is no read, {@code null} if none was seen. */
    static @Nullable String firstThatIsNoRead(byte[] json) {
        ArrayDeque<JsonNode> open = new ArrayDeque<>();
        open.push(read(json));
        while (!open.isEmpty()) {
            JsonNode node = open.pop();
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                String found = look(field.getKey(), field.getValue());
                if (found != null) {
                    return found;
                }
                open.push(field.getValue());
            }
            if (node.isArray()) {
                node.forEach(open::push);
            }
        }
        return null;
    }

    private static @Nullable String look(String name, JsonNode value) {
        boolean node = Character.isUpperCase(name.charAt(0));
        if (node && name.endsWith("Stmt") && !STATEMENTS.contains(name)) {
            return name;
        }
        return switch (name) {
            case "intoClause", "IntoClause", "LockingClause" -> name;
            case "CopyStmt" ->
                    value.path("is_from").asBoolean()
                                    || value.path("is_program").asBoolean()
                                    || value.has("filename")
                            ? "COPY from or to a server's file"
                            : null;
            case "TransactionStmt" ->
                    value.path("kind").asText().contains("PREPARE") ? "two-phase commit" : null;
            case "FuncCall" -> {
                JsonNode names = value.path("funcname");
                String function = names.path(names.size() - 1).path("String").path("sval").asText();
                yield WRITING_FUNCTIONS.contains(function) ? function : null;
            }
            default -> null;
        };
    }

    private static JsonNode read(byte[] json) {
        try {
            return MAPPER.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
