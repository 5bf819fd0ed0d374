package dev.postern.server.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.policy.VerdictFields;
import dev.postern.protocol.SqlText;
import dev.postern.server.config.AgentConfig;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.NearestName;
import dev.postern.server.config.PolicyConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postern check}: the verdict on a statement, without a server. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Tells whether a statement would pass, without running it.",
            "Prints the verdict as one line of JSON.",
            "Exit codes: 0 allowed, 1 denied, 2 trouble."
        })
public final class CheckCommand implements Callable<Integer> {

    /** Far above any limit on a text, so that the gate itself refuses what is too long. */
    private static final int MAX_INPUT = 64 << 20;

    private final StatementCheck check;
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

    @Spec private CommandSpec spec = CommandSpec.create();

    /**
     * @param check what judges
     * @param in standard input
     */
    public CheckCommand(StatementCheck check, InputStream in) {
        this.check = check;
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
        Verdict verdict;
        try {
            verdict = check.judge(configuration, policy, SqlText.owning(text()));
        } catch (UnusableConfigurationException e) {
            throw new TroubleException(config.file() + ": " + e.reason());
        }
        spec.commandLine().getOut().println(json(agent, verdict));
        return switch (verdict) {
            case Verdict.Allow allow -> ExitCode.YES;
            case Verdict.Answer answer -> ExitCode.YES;
            case Verdict.Deny deny -> ExitCode.NO;
        };
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
    private static String json(AgentConfig agent, Verdict verdict) {
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
        return Json.line(json);
    }
}
