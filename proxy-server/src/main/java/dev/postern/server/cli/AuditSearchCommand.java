package dev.postern.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.postern.server.audit.AuditDirectory;
import dev.postern.server.audit.TrailLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern audit search}. */
@Command(
        name = "search",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Prints the events that fit every condition, oldest first.",
            "Exit code 0 if there is one, 1 if there is none."
        })
final class AuditSearchCommand implements Callable<Integer> {

    @Mixin private TrailLocation location = new TrailLocation();

    @Mixin private JsonOption json = new JsonOption();

    @Option(names = "--agent", paramLabel = "NAME", description = "Events of this agent.")
    private @Nullable String agent;

    @Option(names = "--human", paramLabel = "NAME", description = "Events on behalf of this human.")
    private @Nullable String human;

    @Option(names = "--decision", paramLabel = "allow|deny", description = "Statements decided so.")
    private @Nullable String decision;

    @Option(names = "--rule", paramLabel = "RULE", description = "Refusals by this rule.")
    private @Nullable String rule;

    @Option(names = "--type", paramLabel = "TYPE", description = "Events of this type.")
    private @Nullable String type;

    @Option(names = "--session", paramLabel = "ID", description = "Events of this session.")
    private @Nullable String session;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "The decision with this id and its completion.")
    private @Nullable String id;

    @Option(
            names = "--relation",
            paramLabel = "NAME",
            description = "Statements that name this relation: as written, or its last part.")
    private @Nullable String relation;

    @Option(
            names = "--text",
            paramLabel = "WORDS",
            description = "Statements that contain this, in any case.")
    private @Nullable String text;

    @Mixin private TimeOption time = new TimeOption();

    @Option(
            names = "--limit",
            defaultValue = "1000",
            paramLabel = "COUNT",
            description = "Stop after so many events (default: ${DEFAULT-VALUE}).")
    private long limit = 1000;

    @Spec private CommandSpec spec = CommandSpec.create();

    private long found;

    @Override
    public Integer call() throws TroubleException {
        try {
            for (Path file : AuditDirectory.files(location.directory())) {
                if (!new TrailLines(file).read((line, number) -> look(line))) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new TroubleException("the trail cannot be read: " + e.getMessage());
        }
        return found > 0 ? ExitCode.YES : ExitCode.NO;
    }

    private boolean look(byte[] line) {
        JsonNode event = AuditLine.read(line);
        if (event != null && fits(event)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(
                    json.json()
                            ? new String(line, StandardCharsets.UTF_8)
                            : AuditLine.summary(line));
            found++;
        }
        return found < limit;
    }

    private boolean fits(JsonNode event) {
        return is(event, "agent", agent)
                && is(event, "human", human)
                && is(event, "decision", decision)
                && is(event, "rule", rule)
                && is(event, "type", type)
                && is(event, "session", session)
                && is(event, "id", id)
                && (relation == null || namesRelation(event, relation.toLowerCase(Locale.ROOT)))
                && (text == null || containsText(event, text.toLowerCase(Locale.ROOT)))
                && time.fits(event);
    }

    private static boolean is(JsonNode event, String field, @Nullable String wanted) {
        return wanted == null || (event.has(field) && AuditLine.text(event, field).equals(wanted));
    }

    private static boolean namesRelation(JsonNode event, String wanted) {
        for (JsonNode name : event.path("relations")) {
            String relation = name.asText().toLowerCase(Locale.ROOT);
            if (relation.equals(wanted) || relation.endsWith("." + wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean containsText(JsonNode event, String wanted) {
        return AuditLine.text(event, "statement").toLowerCase(Locale.ROOT).contains(wanted);
    }
}
