package dev.postern.server.cli;

import dev.postern.server.audit.TrailFollower;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern audit tail}. */
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Prints the last events, and with -f those that follow.")
final class AuditTailCommand implements Callable<Integer> {

    private static final long POLL_NANOS = Duration.ofMillis(200).toNanos();

    @Mixin private TrailLocation location = new TrailLocation();

    @Mixin private JsonOption json = new JsonOption();

    @Option(
            names = {"-n", "--lines"},
            defaultValue = "10",
            paramLabel = "COUNT",
            description = "How many events (default: ${DEFAULT-VALUE}).")
    private int count = 10;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on printing until interrupted.")
    private boolean follow;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws TroubleException {
        try {
            TrailFollower follower = new TrailFollower(location.directory());
            print(follower.last(Math.max(count, 0)));
            while (follow && !Thread.interrupted() && !spec.commandLine().getOut().checkError()) {
                LockSupport.parkNanos(POLL_NANOS);
                print(follower.poll());
            }
            return ExitCode.YES;
        } catch (IOException e) {
            throw new TroubleException("the trail cannot be read: " + e.getMessage());
        }
    }

    private void print(List<byte[]> lines) {
        PrintWriter out = spec.commandLine().getOut();
        for (byte[] line : lines) {
            out.println(
                    json.json()
                            ? new String(line, StandardCharsets.UTF_8)
                            : AuditLine.summary(line));
        }
        out.flush();
    }
}
