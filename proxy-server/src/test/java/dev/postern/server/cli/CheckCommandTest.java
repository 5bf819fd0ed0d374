package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import dev.postern.server.cli.CommandLines.Result;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.PolicyConfig;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

    @TempDir private Path directory;
    private Path file = Path.of("postern.yaml");

    /** Refuses what begins with D, and is out of order for what begins with X. */
    private static Verdict judge(Configuration configuration, PolicyConfig policy, SqlText text)
            throws UnusableConfigurationException {
        assertThat(configuration.policies()).containsValue(policy);
        return switch (new String(text.bytes(), StandardCharsets.UTF_8).charAt(0)) {
            case 'D' ->
                    new Verdict.Deny(
                            new StatementSummary("DELETE", "", List.of("orders"), List.of()),
                            new Denial(
                                    Rule.WRITE,
                                    SqlState.READ_ONLY_SQL_TRANSACTION,
                                    "DELETE writes",
                                    1,
                                    "orders",
                                    "Only reads pass."));
            case 'X' -> throw new UnusableConfigurationException("gate.memory: too little");
            default ->
                    new Verdict.Allow(
                            new StatementSummary(
                                    "SELECT",
                                    "00112233aabbccdd",
                                    List.of("orders"),
                                    List.of("count")));
        };
    }

    @BeforeEach
    void write() throws Exception {
        file =
                Files.writeString(
                        directory.resolve("postern.yaml"),
                        """
                        upstreams: {shop: {hosts: [replica-1.db], user: postern_reader}}
                        policies: {reporting: {upstream: shop, databases: [shop]}}
                        """);
        assertThat(
                        CommandLines.run(
                                        PosternCommand.with(
                                                AgentCommand.create(() -> Instant.EPOCH)),
                                        "agent",
                                        "add",
                                        "bot",
                                        "-c",
                                        file.toString(),
                                        "-p",
                                        "reporting")
                                .exitCode())
                .isZero();
    }

    private Result check(String input, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "check";
        all[1] = "--config";
        all[2] = file.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandLines.run(
                PosternCommand.with(
                        new CheckCommand(
                                CheckCommandTest::judge,
                                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)))),
                all);
    }

    @Test
    void allowedStatement_checked_isOneLineOfJsonAndExitCode0() {
        assertThat(check("", "--agent", "bot", "SELECT count(*) FROM orders"))
                .isEqualTo(
                        new Result(
                                0,
                                "{\"agent\":\"bot\",\"policy\":\"reporting\",\"decision\":\"allow\",\"command\":\"SELECT\",\"fingerprint\":\"00112233aabbccdd\",\"relations\":[\"orders\"],\"functions\":[\"count\"]}\n",
                                ""));
    }

    @Test
    void deniedStatement_checked_isOneLineOfJsonAndExitCode1() {
        assertThat(check("", "--agent", "bot", "DELETE FROM orders"))
                .isEqualTo(
                        new Result(
                                1,
                                "{\"agent\":\"bot\",\"policy\":\"reporting\",\"decision\":\"deny\",\"rule\":\"write\",\"sqlstate\":\"25006\",\"message\":\"DELETE writes\",\"position\":1,\"object\":\"orders\",\"hint\":\"Only reads pass.\",\"command\":\"DELETE\",\"relations\":[\"orders\"],\"functions\":[]}\n",
                                ""));
    }

    @Test
    void standardInput_checked_withAHyphenOrNothing() {
        assertThat(check("DELETE", "--agent", "bot", "-").exitCode()).isEqualTo(1);
        assertThat(check("SELECT", "--agent", "bot").exitCode()).isZero();
    }

    @Test
    void trouble_isExitCode2WithItsReason() {
        assertThat(check("", "--agent", "bto", "SELECT 1"))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "postern: there is no agent \"bto\" in "
                                        + file
                                        + " (did you mean bot?)\n"));
        assertThat(check("", "--agent", "bot", "X"))
                .isEqualTo(new Result(2, "", "postern: " + file + ": gate.memory: too little\n"));
        assertThat(check("", "SELECT 1").exitCode()).isEqualTo(2);
    }
}
