package dev.postern.server;

import dev.postern.server.cli.AgentCommand;
import dev.postern.server.cli.AuditCommand;
import dev.postern.server.cli.CheckCommand;
import dev.postern.server.cli.DemoCommand;
import dev.postern.server.cli.DoctorCommand;
import dev.postern.server.cli.PolicyCommand;
import dev.postern.server.cli.PosternCommand;
import dev.postern.server.cli.RoleSqlCommand;
import dev.postern.server.cli.ServeCommand;
import dev.postern.server.cli.Signals;
import java.time.InstantSource;

/** Where the process begins. */
public final class Main {

    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(
                PosternCommand.with(
                                new DemoCommand(PosternServer::start, Signals.ofProcess()),
                                new ServeCommand(PosternServer::start, Signals.ofProcess()),
                                new CheckCommand(OpenWorkbench::new, System.in),
                                AgentCommand.create(InstantSource.system()),
                                PolicyCommand.create(OpenWorkbench::new),
                                new RoleSqlCommand(OpenWorkbench::new),
                                new DoctorCommand(Examination::run, InstantSource.system()),
                                AuditCommand.create())
                        .execute(arguments));
    }
}
