package dev.postern.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code postern agent revoke}. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Removes an agent from the file.")
final class AgentRevokeCommand implements Callable<Integer> {

    @Parameters(paramLabel = "NAME", description = "The agent.")
    private String name = "";

    @Mixin private ConfigOption config = new ConfigOption();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws TroubleException {
        AgentChange.run(config.file(), file -> file.removeAgent(name));
        spec.commandLine().getOut().println("Agent " + name + " removed.");
        return ExitCode.YES;
    }
}
