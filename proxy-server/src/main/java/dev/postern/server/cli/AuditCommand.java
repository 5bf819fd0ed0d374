package dev.postern.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postern audit}. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Reads the audit trail: verify its chain, look at its end, search it.")
public final class AuditCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    private AuditCommand() {}

    /** Makes the command with its subcommands. */
    public static CommandLine create() {
        return new CommandLine(new AuditCommand())
                .addSubcommand(new AuditVerifyCommand())
                .addSubcommand(new AuditTailCommand())
                .addSubcommand(new AuditSearchCommand());
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.TROUBLE;
    }
}
