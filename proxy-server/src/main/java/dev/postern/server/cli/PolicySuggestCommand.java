package dev.postern.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.policy.Rule;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.tools.RecordedStatement;
import dev.postern.server.tools.Recording;
import dev.postern.server.tools.Suggestion;
import dev.postern.server.tools.SuggestionBuilder;
import dev.postern.server.tools.Workbench;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern policy suggest}. */
@Command(
        name = "suggest",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Derives, from recorded statements that ran, the least policy that lets exactly these pass, and prints it as YAML.",
            "Then judges all of them under it. Exit codes: 0 all pass, 1 not all do or there are none, 2 trouble."
        })
final class PolicySuggestCommand implements Callable<Integer> {

    /** What a policy's lists decide. */
    private static final Set<String> BY_POLICY =
            EnumSet.of(
                            Rule.FUNCTION_UNKNOWN,
                            Rule.RELATION_DENIED,
                            Rule.COLUMN_DENIED,
                            Rule.FOREIGN_TABLE)
                    .stream()
                    .map(Rule::code)
                    .collect(Collectors.toUnmodifiableSet());

    private final WorkbenchOpener workbenches;

    @Mixin private ConfigOption config = new ConfigOption();

    @Mixin private RecordedOption recorded = new RecordedOption();

    @Option(
            names = "--denied",
            description =
                    "Count statements, too, that only the policy's lists refused: by function_unknown, relation_denied, column_denied or foreign_table.")
    private boolean denied;

    @Mixin private CatalogOption catalog = new CatalogOption();

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    PolicySuggestCommand(WorkbenchOpener workbenches) {
        this.workbenches = workbenches;
    }

    @Override
    public Integer call() throws TroubleException {
        Configuration configuration = config.load();
        recorded.check(configuration, config.file());
        var directory = recorded.directory(configuration);
        try (Workbench bench = workbenches.open(configuration, catalog.offline())) {
            Replay<String> replay =
                    new Replay<>(
                            bench,
                            configuration,
                            catalog,
                            this::group,
                            name -> policy(configuration, name));
            Recording<String> recording = replay.read(directory);
            replay.warn(spec.commandLine().getErr());
            Map<String, List<RecordedStatement<String>>> byPolicy = new TreeMap<>();
            recording
                    .statements()
                    .forEach(statement ->
                            byPolicy.computeIfAbsent(statement.group(), name -> new ArrayList<>())
                                    .add(statement));
            if (byPolicy.isEmpty()) {
                spec.commandLine()
                        .getErr()
                        .println("postern: no recorded statement fits: nothing to derive from");
                return ExitCode.NO;
            }
            List<Suggestion> suggestions = new ArrayList<>();
            byPolicy.forEach((name, statements) ->
                    suggestions.add(
                            SuggestionBuilder.build(
                                    bench, policy(configuration, name), statements)));
            print(suggestions, recording, replay);
            boolean all = suggestions.stream().allMatch(one -> one.leftOut().isEmpty());
            return all ? ExitCode.YES : ExitCode.NO;
        } catch (UnusableConfigurationException e) {
            throw new TroubleException(config.file() + ": " + e.reason());
        }
    }

    private static PolicyConfig policy(Configuration configuration, String name) {
        PolicyConfig policy = configuration.policies().get(name);
        if (policy == null) {
            throw new IllegalStateException("no policy " + name);
        }
        return policy;
    }

    private @Nullable String group(JsonNode event, PolicyConfig policy) {
        boolean ran = AuditLine.text(event, "decision").equals("allow");
        boolean counts = ran || (denied && BY_POLICY.contains(AuditLine.text(event, "rule")));
        return counts && recorded.fits(event, policy.name()) ? policy.name() : null;
    }

    private void print(
            List<Suggestion> suggestions, Recording<String> recording, Replay<String> replay) {
        PrintWriter out = spec.commandLine().getOut();
        if (json.json()) {
            ObjectNode document = Json.object();
            document.put("first", recording.first());
            document.put("last", recording.last());
            Replay.putGaps(document, recording);
            document.set("catalogs", replay.sourcesJson());
            ArrayNode policies = document.putArray("policies");
            suggestions.forEach(one -> policies.add(SuggestionOutput.json(one)));
            out.println(Json.line(document));
            return;
        }
        List<String> header = new ArrayList<>();
        header.add(
                "Derived by postern policy suggest from statements recorded from "
                        + recording.first()
                        + " to "
                        + recording.last()
                        + ".");
        header.addAll(replay.sources());
        header.addAll(Replay.gaps(recording));
        SuggestionOutput.yaml(suggestions, header).forEach(out::println);
    }
}
