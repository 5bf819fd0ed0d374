package dev.postern.server.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs command lines in this process and keeps what they print. */
final class CommandLines {

    private CommandLines() {}

    /** What a command line came to. */
    record Result(int exitCode, String out, String err) {}

    static Result run(CommandLine commandLine, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                commandLine
                        .setOut(new PrintWriter(out))
                        .setErr(new PrintWriter(err))
                        .execute(arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }
}
