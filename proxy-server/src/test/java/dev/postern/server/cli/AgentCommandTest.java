package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.server.cli.CommandLines.Result;
import dev.postern.server.config.AgentConfig;
import dev.postern.server.config.ConfigurationLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCommandTest {

    private static final String YAML =
            """
            # the shop
            upstreams: {shop: {hosts: [replica-1.db], user: postern_reader}}
            policies: {reporting: {upstream: shop, databases: [shop]}}
            """;

    @TempDir private Path directory;
    private Path file = Path.of("postern.yaml");

    @BeforeEach
    void write() throws Exception {
        file = Files.writeString(directory.resolve("postern.yaml"), YAML);
    }

    private Result run(String... arguments) {
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-23T12:00:00Z"));
        String[] all = new String[arguments.length + 3];
        all[0] = "agent";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--config";
        all[arguments.length + 2] = file.toString();
        return CommandLines.run(PosternCommand.with(AgentCommand.create(clock)), all);
    }

    @Test
    void agentAdded_isInTheFileAndItsPasswordIsShownOnce() throws Exception {
        Result added =
                run(
                        "add",
                        "report-bot",
                        "--policy",
                        "reporting",
                        "--owner",
                        "dana@example.com",
                        "--networks",
                        "10.0.0.0/8,192.168.1.7",
                        "--expires",
                        "2027-03-01");

        AgentConfig agent =
                Objects.requireNonNull(ConfigurationLoader.load(file).agents().get("report-bot"));
        assertThat(added.exitCode()).isZero();
        assertThat(added.err()).isEmpty();
        assertThat(added.out())
                .startsWith("Agent report-bot added. Its password, shown this once:")
                .containsPattern("\n  [A-Za-z0-9]{32}\n");
        assertThat(agent.policy()).isEqualTo("reporting");
        assertThat(agent.owner()).isEqualTo("dana@example.com");
        assertThat(agent.networks()).containsExactly("10.0.0.0/8", "192.168.1.7");
        assertThat(agent.created()).isEqualTo(Instant.parse("2026-11-23T12:00:00Z"));
        assertThat(agent.expires()).isEqualTo(Instant.parse("2027-03-01T00:00:00Z"));
        assertThat(Files.readString(file)).startsWith(YAML);
        assertThat(Files.readString(file))
                .doesNotContain(added.out().lines().toList().get(2).strip());
    }

    @Test
    void agentRotated_hasAnotherVerifierAndAnotherPassword() throws Exception {
        JsonNode added =
                new ObjectMapper().readTree(run("add", "bot", "-p", "reporting", "--json").out());
        AgentConfig before =
                Objects.requireNonNull(ConfigurationLoader.load(file).agents().get("bot"));

        JsonNode rotated = new ObjectMapper().readTree(run("rotate", "bot", "--json").out());

        AgentConfig after =
                Objects.requireNonNull(ConfigurationLoader.load(file).agents().get("bot"));
        assertThat(rotated.get("agent").asText()).isEqualTo("bot");
        assertThat(rotated.get("password").asText())
                .hasSize(32)
                .isNotEqualTo(added.get("password").asText());
        assertThat(after.verifier()).isNotEqualTo(before.verifier());
    }

    @Test
    void agentRevoked_isGone() throws Exception {
        run("add", "bot", "-p", "reporting");

        Result revoked = run("revoke", "bot");

        assertThat(revoked).isEqualTo(new Result(0, "Agent bot removed.\n", ""));
        assertThat(ConfigurationLoader.load(file).agents()).isEmpty();
    }

    @Test
    void agents_listed_showWhatIsKnownOfThem() throws Exception {
        run(
                "add",
                "report-bot",
                "-p",
                "reporting",
                "--owner",
                "dana@example.com",
                "--networks",
                "10.0.0.0/8");
        run("add", "old", "-p", "reporting", "--expires", "2026-11-23T12:00:00Z");

        assertThat(run("list").out())
                .isEqualTo(
                        """
                        AGENT       POLICY     OWNER             NETWORKS    CREATED               EXPIRES
                        report-bot  reporting  dana@example.com  10.0.0.0/8  2026-11-23T12:00:00Z  never
                        old         reporting  -                 anywhere    2026-11-23T12:00:00Z  2026-11-23T12:00:00Z (expired)
                        """);
        assertThat(run("list", "--json").out())
                .isEqualTo(
                        "[{\"agent\":\"report-bot\",\"policy\":\"reporting\",\"owner\":\"dana@example.com\",\"networks\":[\"10.0.0.0/8\"],\"created\":\"2026-11-23T12:00:00Z\",\"expired\":false},"
                                + "{\"agent\":\"old\",\"policy\":\"reporting\",\"networks\":[],\"created\":\"2026-11-23T12:00:00Z\",\"expires\":\"2026-11-23T12:00:00Z\",\"expired\":true}]\n");
    }

    @Test
    void noAgents_listed_saysHowToAddOne() {
        assertThat(run("list").out()).startsWith("No agents yet. Add one: postern agent add");
        assertThat(run("list", "--json").out()).isEqualTo("[]\n");
    }

    @Test
    void trouble_isExitCode2WithOneMessageAndNoStackTrace() {
        run("add", "bot", "-p", "reporting");

        for (List<String> arguments :
                List.of(
                        List.of("add", "bot", "-p", "reporting"),
                        List.of("add", "x", "-p", "reportin"),
                        List.of("add", "x", "-p", "reporting", "--networks", "10.0.0.1/8"),
                        List.of("add", "x", "-p", "reporting", "--expires", "soon"),
                        List.of("add", "x"),
                        List.of("rotate", "bto"),
                        List.of("revoke", "bto"),
                        List.of("list", "--jsno"))) {
            Result result = run(arguments.toArray(String[]::new));
            assertThat(result.exitCode()).as("%s", arguments).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err())
                    .startsWith("postern: ")
                    .doesNotContain("\tat ")
                    .doesNotContain("Exception");
        }
        assertThat(run("add", "x", "-p", "reporting", "--networks", "10.0.0.1/8").err())
                .isEqualTo(
                        "postern: --networks: element 1 must be an address range such as 10.0.0.0/8 or 2001:db8::/32, not \"10.0.0.1/8\": the address has bits beyond the length of 8\n");
        assertThat(run("rotate", "bto").err())
                .isEqualTo("postern: there is no agent \"bto\" (did you mean bot?)\n");
    }
}
