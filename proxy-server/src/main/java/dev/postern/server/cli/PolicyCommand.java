package dev.postern.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postern policy}: policies from what agents really do. */
@Command(
        name = "policy",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        description =
                "Derives a policy from recorded statements, and tells what another policy would change for them.")
public final class PolicyCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    private PolicyCommand() {}

    /** Makes the command with its subcommands. */
    public static CommandLine create(WorkbenchOpener workbenches) {
        return new CommandLine(new PolicyCommand())
                .addSubcommand(new PolicySuggestCommand(workbenches))
                .addSubcommand(new PolicyDiffCommand(workbenches));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.TROUBLE;
    }
}
