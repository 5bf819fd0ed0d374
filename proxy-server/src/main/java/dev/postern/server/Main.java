package dev.postern.server;

import dev.postern.server.cli.AgentCommand;
import dev.postern.server.cli.PosternCommand;
import java.time.InstantSource;

/** Where the process begins. */
public final class Main {

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(
                PosternCommand.with(AgentCommand.create(InstantSource.system()))
                        .execute(arguments));
    }
}
