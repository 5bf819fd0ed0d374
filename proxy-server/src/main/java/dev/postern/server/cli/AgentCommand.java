package dev.postern.server.cli;

import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postern agent}: one credential for each agent. */
@Command(
        name = "agent",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        description = {
            "Manages the agents of a configuration file.",
            "Passwords are made here, shown once and kept nowhere: the file holds only what they are checked against.",
            "A running server takes a change over by itself."
        })
public final class AgentCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    private AgentCommand() {}

    /**
     * Makes the command with its subcommands.
     *
     * @param clock tells when credentials are made, and which have expired
     */
    public static CommandLine create(InstantSource clock) {
        return new CommandLine(new AgentCommand())
                .addSubcommand(new AgentAddCommand(clock))
                .addSubcommand(new AgentRotateCommand(clock))
                .addSubcommand(new AgentRevokeCommand())
                .addSubcommand(new AgentListCommand(clock));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.TROUBLE;
    }
}
