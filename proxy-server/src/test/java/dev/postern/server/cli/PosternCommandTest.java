package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.cli.CommandLines.Result;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class PosternCommandTest {

    @Command(name = "broken")
    private static final class Broken implements Callable<Integer> {
        @Override
        public Integer call() {
            throw new IllegalStateException("a bug");
        }
    }

    private static CommandLine postern() {
        return PosternCommand.with(AgentCommand.create(() -> Instant.EPOCH), new Broken());
    }

    @Test
    void help_asked_namesCommandsAndExitCodes() {
        Result result = CommandLines.run(postern(), "--help");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out())
                .contains(
                        "Commands:",
                        "agent",
                        "First steps:",
                        "Exit codes: 0 yes or done, 1 no, 2 trouble");
    }

    @Test
    void version_asked_isPrinted() {
        Result result = CommandLines.run(postern(), "--version");

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).startsWith("postern ").contains("Java 25");
        assertThat(CommandLines.run(postern(), "version")).isEqualTo(result);
    }

    @Test
    void noCommand_given_isTroubleWithTheHelp() {
        assertThat(CommandLines.run(postern()).exitCode()).isEqualTo(2);
        assertThat(CommandLines.run(postern(), "agent").err())
                .contains("add", "list", "rotate", "revoke");
    }

    @Test
    void unknownCommand_given_isTroubleWithTheNearest() {
        Result result = CommandLines.run(postern(), "agnet");

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).startsWith("postern: Unmatched argument").contains("agent");
    }

    @Test
    void bug_metWhileRunning_isTroubleWithoutAStackTrace() {
        assertThat(CommandLines.run(postern(), "broken"))
                .isEqualTo(new Result(2, "", "postern: unexpected IllegalStateException: a bug\n"));
    }
}
