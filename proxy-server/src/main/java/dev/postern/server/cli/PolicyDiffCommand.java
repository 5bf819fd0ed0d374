package dev.postern.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.server.config.AgentConfig;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.config.InvalidConfigurationException;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.tools.PolicyChange;
import dev.postern.server.tools.PolicyChange.Kind;
import dev.postern.server.tools.PolicyChange.Outcome;
import dev.postern.server.tools.PolicyDiff;
import dev.postern.server.tools.PolicyDiff.Pair;
import dev.postern.server.tools.RecordedStatement;
import dev.postern.server.tools.Recording;
import dev.postern.server.tools.Workbench;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern policy diff}. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Judges recorded statements under the present policies and under those of another file, and prints what would change.",
            "The other file may hold a whole configuration, or policies only.",
            "Exit codes: 0 nothing changes for agents, 1 something would, 2 trouble."
        })
final class PolicyDiffCommand implements Callable<Integer> {

    private final WorkbenchOpener workbenches;

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(names = "--with", required = true, paramLabel = "FILE", description = "The candidate.")
    private Path candidateFile = Path.of("new.yaml");

    @Mixin private RecordedOption recorded = new RecordedOption();

    @Mixin private CatalogOption catalog = new CatalogOption();

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    PolicyDiffCommand(WorkbenchOpener workbenches) {
        this.workbenches = workbenches;
    }

    @Override
    public Integer call() throws TroubleException {
        Configuration present = config.load();
        Configuration candidate;
        try {
            candidate = ConfigurationLoader.loadOver(present, candidateFile);
        } catch (InvalidConfigurationException e) {
            throw ConfigOption.invalid(e);
        }
        recorded.check(present, config.file());
        Path directory = recorded.directory(present);
        try (Workbench bench = workbenches.open(present, catalog.offline())) {
            Replay<Pair> replay =
                    new Replay<>(
                            bench,
                            present,
                            catalog,
                            (event, policy) -> pair(event, policy, candidate),
                            Pair::present);
            Recording<Pair> recording = replay.read(directory);
            replay.warn(spec.commandLine().getErr());
            List<RecordedStatement<Pair>> statements = recording.statements();
            List<PolicyChange> changes = PolicyDiff.of(bench, statements);
            if (json.json()) {
                spec.commandLine()
                        .getOut()
                        .println(Json.line(json(changes, statements, recording, replay)));
            } else {
                print(changes, statements, recording, replay);
            }
            boolean noticed = changes.stream().anyMatch(change -> change.kind().isForAgents());
            return noticed ? ExitCode.NO : ExitCode.YES;
        } catch (UnusableConfigurationException e) {
            throw new TroubleException(config.file() + ": " + e.reason());
        }
    }

    private @Nullable Pair pair(JsonNode event, PolicyConfig policy, Configuration candidate) {
        if (!recorded.fits(event, policy.name())) {
            return null;
        }
        AgentConfig agent = candidate.agents().get(AuditLine.text(event, "agent"));
        String name = agent == null ? policy.name() : agent.policy();
        return new Pair(policy, candidate.policies().get(name), name);
    }

    private void print(
            List<PolicyChange> changes,
            List<RecordedStatement<Pair>> statements,
            Recording<Pair> recording,
            Replay<Pair> replay) {
        PrintWriter out = spec.commandLine().getOut();
        for (PolicyChange change : changes) {
            println(out, "", headline(change));
            println(out, "    ", "now:  " + outcome(change.now()));
            println(out, "    ", "then: " + outcome(change.then()));
            println(out, "    ", AuditLine.shortened(change.example()));
        }
        if (!changes.isEmpty()) {
            out.println();
        }
        replay.sources().forEach(line -> println(out, "", line));
        Replay.gaps(recording).forEach(line -> println(out, "", line));
        println(out, "", summary(changes, statements));
    }

    private static String headline(PolicyChange change) {
        String policies =
                change.present().equals(change.candidate())
                        ? change.present()
                        : change.present() + " → " + change.candidate();
        return words(change.kind())
                + "  policy "
                + policies
                + "  "
                + counted(change.statements(), "statement")
                + ", "
                + counted(change.runs(), "run")
                + ", last "
                + change.lastSeen()
                + "  "
                + String.join(", ", change.agents());
    }

    private static String words(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String outcome(Outcome outcome) {
        String decision = outcome.passes() ? "allow" : "deny";
        return outcome.rule() == null
                ? decision
                : decision
                        + (outcome.passes() ? ", noted " : "")
                        + "["
                        + outcome.rule()
                        + "] "
                        + outcome.message();
    }

    private static String summary(
            List<PolicyChange> changes, List<RecordedStatement<Pair>> statements) {
        StringBuilder text = new StringBuilder();
        long runs = statements.stream().mapToLong(RecordedStatement::runs).sum();
        text.append(counted(statements.size(), "distinct statement"))
                .append(", ")
                .append(counted(runs, "run"))
                .append(": ");
        if (changes.isEmpty()) {
            return text.append("nothing changes.").toString();
        }
        String before = "";
        for (Kind kind : Kind.values()) {
            long count = count(changes, kind);
            if (count > 0) {
                text.append(before).append(count).append(' ').append(words(kind));
                before = ", ";
            }
        }
        return text.append('.').toString();
    }

    private static long count(List<PolicyChange> changes, Kind kind) {
        return changes.stream()
                .filter(change -> change.kind() == kind)
                .mapToLong(PolicyChange::statements)
                .sum();
    }

    private static String counted(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static void println(PrintWriter out, String indent, String line) {
        out.println(indent + AuditLine.printable(line));
    }

    private static ObjectNode json(
            List<PolicyChange> changes,
            List<RecordedStatement<Pair>> statements,
            Recording<Pair> recording,
            Replay<Pair> replay) {
        ObjectNode json = Json.object();
        json.put("statements", statements.size());
        json.put("runs", statements.stream().mapToLong(RecordedStatement::runs).sum());
        for (Kind kind : Kind.values()) {
            json.put(kind.name().toLowerCase(Locale.ROOT), count(changes, kind));
        }
        Replay.putGaps(json, recording);
        json.set("catalogs", replay.sourcesJson());
        ArrayNode array = json.putArray("changes");
        for (PolicyChange change : changes) {
            ObjectNode object = array.addObject();
            object.put("change", change.kind().name().toLowerCase(Locale.ROOT));
            object.put("policy", change.present());
            object.put("candidate", change.candidate());
            object.set("now", json(change.now()));
            object.set("then", json(change.then()));
            object.put("statements", change.statements());
            object.put("runs", change.runs());
            change.agents().forEach(object.putArray("agents")::add);
            object.put("last_seen", change.lastSeen());
            object.put("statement", AuditLine.shortened(change.example()));
        }
        return json;
    }

    private static ObjectNode json(Outcome outcome) {
        ObjectNode json = Json.object();
        json.put("decision", outcome.passes() ? "allow" : "deny");
        if (outcome.rule() != null) {
            json.put("rule", outcome.rule());
            json.put("message", outcome.message());
        }
        if (outcome.hint() != null) {
            json.put("hint", outcome.hint());
        }
        return json;
    }
}
