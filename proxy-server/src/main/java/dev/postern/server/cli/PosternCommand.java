package dev.postern.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code postern}, which by itself only explains its subcommands. */
@Command(
        name = "postern",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "The guarded side gate to PostgreSQL for AI agents: an agent connects as to PostgreSQL, with a credential of its own, and can only read."
        },
        descriptionHeading = "%n",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nFirst steps:%n",
        footer = {
            "  postern demo",
            "  postern agent add bot --config postern.yaml --policy reporting",
            "  postern doctor --config postern.yaml",
            "  postern serve --config postern.yaml",
            "",
            "Exit codes: 0 yes or done, 1 no, 2 trouble (the reason is on stderr).",
            "docs/configuration.md explains every key of the configuration file."
        })
public final class PosternCommand implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    private PosternCommand() {}

    /**
     * Makes the command line.
     *
     * @param subcommands objects annotated as picocli's commands, in the order of the help text
     */
    public static CommandLine with(Object... subcommands) {
        CommandLine commandLine = new CommandLine(new PosternCommand());
        for (Object subcommand : subcommands) {
            commandLine.addSubcommand(subcommand);
        }
        return commandLine
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(PosternCommand::explain)
                .setExecutionExceptionHandler(PosternCommand::trouble);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCode.TROUBLE;
    }

    /** What others call what here is an option. */
    @Command(name = "version", hidden = true, description = "Prints the version.")
    int version() {
        spec.commandLine().printVersionHelp(spec.commandLine().getOut());
        return ExitCode.YES;
    }

    private static int explain(ParameterException e, String... arguments) {
        CommandLine command = e.getCommandLine();
        command.getErr().println("postern: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
            command.getErr()
                    .println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        }
        return ExitCode.TROUBLE;
    }

    /** No stack trace: a bug is named by its type, and the log has the rest. */
    private static int trouble(Exception e, CommandLine command, CommandLine.ParseResult result) {
        String message =
                switch (e) {
                    case TroubleException trouble -> trouble.getMessage();
                    default -> "unexpected " + e.getClass().getSimpleName() + ": " + e.getMessage();
                };
        command.getErr().println("postern: " + message);
        return ExitCode.TROUBLE;
    }
}
