package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.SearchPath;
import dev.postern.policy.Denial;
import dev.postern.policy.Explanation;
import dev.postern.policy.Policy;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.policy.VerdictFields;
import dev.postern.protocol.SqlText;
import dev.postern.server.config.AgentConfig;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.NearestName;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.tools.CatalogLook;
import dev.postern.server.tools.Workbench;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postern check}: the verdict on a statement, without running it. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Tells whether a statement would pass, without running it.",
            "Names are resolved in the catalog of the policy's upstream; where no host answers, names alone are judged, and the output says so.",
            "Prints the verdict, and what the gate saw, as one line of JSON.",
            "Exit codes: 0 allowed, 1 denied, 2 trouble."
        })
public final class CheckCommand implements Callable<Integer> {

    /** Far above any limit on a text, so that the gate itself refuses what is too long. */
    private static final int MAX_INPUT = 64 << 20;

    private final WorkbenchOpener workbenches;
    private final InputStream in;

    @Mixin private ConfigOption config = new ConfigOption();

    @Option(
            names = {"-a", "--agent"},
            required = true,
            paramLabel = "NAME",
            description = "The agent that would send it.")
    private String agentName = "";

    @Parameters(
            arity = "0..1",
            defaultValue = "-",
            paramLabel = "SQL",
            description = "The statement; - or nothing reads it from standard input.")
    private String sql = "-";

    @Option(
            names = {"-d", "--database"},
            paramLabel = "NAME",
            description = "The database it would be sent to. Default: the first of the policy.")
    private @Nullable String database;

    @Mixin private CatalogOption catalog = new CatalogOption();

    @Option(names = "--explain", description = "Print text for people instead of JSON.")
    private boolean explain;

    @Mixin private JsonOption json = new JsonOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * @param workbenches what judges
     * @param in standard input
     */
    public CheckCommand(WorkbenchOpener workbenches, InputStream in) {
        this.workbenches = workbenches;
        this.in = in;
    }

    @Override
    public Integer call() throws TroubleException {
        Configuration configuration = config.load();
        AgentConfig agent = configuration.agents().get(agentName);
        if (agent == null) {
            throw new TroubleException(
                    "there is no agent \""
                            + agentName
                            + "\" in "
                            + config.file()
                            + NearestName.suggestion(agentName, configuration.agents().keySet()));
        }
        PolicyConfig policy = Objects.requireNonNull(configuration.policies().get(agent.policy()));
        String target = database == null ? policy.databases().getFirst() : database;
        if (!policy.databases().contains(target)) {
            throw new TroubleException(
                    "policy \""
                            + policy.name()
                            + "\" does not open database \""
                            + target
                            + "\""
                            + NearestName.suggestion(target, policy.databases()));
        }
        SqlText text = SqlText.owning(text());
        try (Workbench bench = workbenches.open(configuration, catalog.offline())) {
            CatalogLook look = bench.look(policy.upstream(), target);
            SearchPath path = catalog.path(look);
            String warning = catalog.warning(look);
            if (warning != null) {
                spec.commandLine().getErr().println(warning);
            }
            CatalogView view = look.view(path);
            Policy rules = bench.rules(policy);
            Verdict verdict = bench.judge(rules, view, text);
            List<Explanation> statements = bench.explain(rules, view, text);
            PrintWriter out = spec.commandLine().getOut();
            if (explain && !json.json()) {
                ExplanationText.lines(
                                agent.name(),
                                policy.name(),
                                verdict,
                                look,
                                view.paths().getFirst().schemas(),
                                statements)
                        .forEach(out::println);
            } else {
                out.println(json(agent, verdict, CatalogOption.json(look, path), statements));
            }
            return switch (verdict) {
                case Verdict.Allow allow -> ExitCode.YES;
                case Verdict.Answer answer -> ExitCode.YES;
                case Verdict.Deny deny -> ExitCode.NO;
            };
        } catch (UnusableConfigurationException e) {
            throw new TroubleException(config.file() + ": " + e.reason());
        }
    }

    private byte[] text() throws TroubleException {
        if (!sql.equals("-")) {
            return sql.getBytes(StandardCharsets.UTF_8);
        }
        try {
            byte[] read = in.readNBytes(MAX_INPUT + 1);
            if (read.length > MAX_INPUT) {
                throw new TroubleException("standard input is longer than " + MAX_INPUT + " bytes");
            }
            return read;
        } catch (IOException e) {
            throw new TroubleException("standard input cannot be read: " + e.getMessage());
        }
    }

    /** The names are those of the audit trail. */
    private static String json(
            AgentConfig agent, Verdict verdict, ObjectNode catalog, List<Explanation> statements) {
        ObjectNode json = Json.object();
        json.put("agent", agent.name());
        json.put("policy", agent.policy());
        VerdictFields.of(verdict).forEach(json::putPOJO);
        StatementSummary summary = verdict.summary();
        json.put("command", summary.command());
        if (!summary.fingerprint().isEmpty()) {
            json.put("fingerprint", summary.fingerprint());
        }
        summary.relations().forEach(json.putArray("relations")::add);
        summary.functions().forEach(json.putArray("functions")::add);
        if (verdict instanceof Verdict.Allow allow && allow.observed() != null) {
            json.set("observed", observed(allow.observed()));
        }
        json.set("catalog", catalog);
        json.set("statements", ExplanationOutput.json(statements));
        return Json.line(json);
    }

    /** What a policy that only observes would have refused it for. */
    private static ObjectNode observed(Denial denial) {
        ObjectNode json = Json.object();
        json.put("rule", denial.rule().code());
        json.put("message", denial.message());
        if (denial.position() > 0) {
            json.put("position", denial.position());
        }
        if (denial.object() != null) {
            json.put("object", denial.object());
        }
        return json;
    }
}
