package dev.postern.server.config;

import static dev.postern.server.config.Configurations.MINIMAL;
import static dev.postern.server.config.Configurations.VERIFIER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigurationFileTest {

    private static final String OTHER_VERIFIER = VERIFIER.replace("4096", "5000");
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00.123Z");
    private static final Instant LATER = Instant.parse("2027-01-02T03:04:05.678Z");

    @TempDir private Path directory;

    private static AgentEntry entry() {
        return new AgentEntry("reporting", null, new VerifierText(VERIFIER), List.of(), null, NOW);
    }

    private static AgentConfig agent(ConfigurationFile file, String name)
            throws InvalidConfigurationException {
        return Objects.requireNonNull(file.load().agents().get(name));
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("postern.yaml"), yaml);
    }

    @Test
    void agentAdded_file_keepsEveryOtherCharacter() throws Exception {
        String before =
                """
                # Postern of the shop
                agents:            # one line each
                    first:   {policy: reporting, verifier: 'VERIFIER'}   # Dana's
                    # the next one is old
                    second:
                        verifier: "VERIFIER"
                        policy:   reporting  # soon another

                # what they may read
                """
                                .replace("VERIFIER", VERIFIER)
                        + MINIMAL;
        Path file = write(before);

        new ConfigurationFile(file)
                .addAgent(
                        "report-bot",
                        new AgentEntry(
                                "reporting",
                                "Dana \"D\" \\ Ö <dana@example.com>",
                                new VerifierText(VERIFIER),
                                List.of("10.0.0.0/8", "2001:db8::/32"),
                                "2027-03-01",
                                NOW));

        assertThat(file)
                .hasContent(
                        before.replace(
                                "# soon another\n",
                                """
                                # soon another
                                    report-bot:
                                      policy: reporting
                                      owner: "Dana \\"D\\" \\\\ Ö <dana@example.com>"
                                      created: "2026-11-23T12:00:00Z"
                                      verifier: "VERIFIER"
                                      networks: ["10.0.0.0/8", "2001:db8::/32"]
                                      expires: 2027-03-01
                                """
                                        .replace("VERIFIER", VERIFIER)));
        assertThat(agent(new ConfigurationFile(file), "report-bot").owner())
                .isEqualTo("Dana \"D\" \\ Ö <dana@example.com>");
    }

    static Stream<String> layouts() {
        String agent = "{policy: reporting, verifier: \"" + VERIFIER + "\"}";
        String block = ":\n    policy: reporting\n    verifier: \"" + VERIFIER + "\"\n";
        return Stream.of(
                        MINIMAL,
                        MINIMAL.stripTrailing(),
                        MINIMAL + "agents:\n",
                        MINIMAL + "agents:",
                        MINIMAL + "agents: # none yet\n# the end",
                        MINIMAL + "agents: {} # none yet\n",
                        MINIMAL + "agents: {\n}\n",
                        MINIMAL + "agents: ~\n",
                        "agents:\n" + MINIMAL,
                        "agents: {}\n" + MINIMAL,
                        MINIMAL + "agents:\n  a" + block,
                        MINIMAL + "agents:\n  a" + block.stripTrailing(),
                        MINIMAL + "agents:\n  a: " + agent + " # über 😀\n\n\n# 😀\n",
                        "# 😀😀😀\nagents:\n  a: " + agent + "\n  b: " + agent + "\n\n" + MINIMAL,
                        MINIMAL + "agents: {a: " + agent + ", b: " + agent + "}\n",
                        MINIMAL
                                + "agents: {\n  a: "
                                + agent
                                + ", # first\n  b: "
                                + agent
                                + ",\n}\n",
                        MINIMAL + "agents:\n- \n".substring(0, 8) + "  'a':\n    " + agent + "\n",
                        MINIMAL + "\"agents\":\n  ? a\n  : " + agent + "\n",
                        MINIMAL
                                + "agents:\n  a:\n    policy: reporting\n    verifier: >-\n      "
                                + VERIFIER
                                + "\n\n# end\n")
                .flatMap(yaml -> Stream.of(yaml, yaml.replace("\n", "\r\n")));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void agentAddedRotatedAndRevoked_inAnyLayout_isReadBack(String yaml) throws Exception {
        ConfigurationFile file = new ConfigurationFile(write(yaml));
        Configuration before = file.load();

        file.addAgent("zoe.2@example", entry());
        assertThat(file.load().agents())
                .hasSize(before.agents().size() + 1)
                .containsKey("zoe.2@example");
        assertThat(comments(file)).isEqualTo(comments(yaml));

        file.replaceVerifier("zoe.2@example", new VerifierText(OTHER_VERIFIER), LATER);
        assertThat(agent(file, "zoe.2@example").verifier())
                .isEqualTo(new VerifierText(OTHER_VERIFIER));
        assertThat(agent(file, "zoe.2@example").created())
                .isEqualTo(Instant.parse("2027-01-02T03:04:05Z"));

        file.removeAgent("zoe.2@example");
        assertThat(file.load()).isEqualTo(before);
        assertThat(comments(file)).isEqualTo(comments(yaml));
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void everyAgentRevoked_inAnyLayout_leavesNone(String yaml) throws Exception {
        ConfigurationFile file = new ConfigurationFile(write(yaml));

        for (String name : file.load().agents().keySet()) {
            file.replaceVerifier(name, new VerifierText(OTHER_VERIFIER), LATER);
            file.removeAgent(name);
        }

        assertThat(file.load().agents()).isEmpty();
    }

    private List<String> comments(ConfigurationFile file) throws IOException {
        assertThat(file).isNotNull();
        return comments(Files.readString(directory.resolve("postern.yaml")));
    }

    private static List<String> comments(String yaml) {
        return yaml.lines()
                .filter(line -> line.contains("#"))
                .map(line -> line.substring(line.indexOf('#')))
                .toList();
    }

    @Test
    void agentThatExists_added_isRefusedAndNothingChanges() throws Exception {
        Path path = write(MINIMAL);
        ConfigurationFile file = new ConfigurationFile(path);
        file.addAgent("bot", entry());
        String before = Files.readString(path);

        assertThatThrownBy(() -> file.addAgent("bot", entry()))
                .isInstanceOf(ConfigurationFile.RefusedException.class)
                .hasMessage(
                        "there is an agent \"bot\" already; postern agent rotate gives it a new password");
        assertThat(path).hasContent(before);
    }

    @Test
    void agentOfUnknownPolicy_added_isRefusedWithTheNearest() throws Exception {
        ConfigurationFile file = new ConfigurationFile(write(MINIMAL));

        assertThatThrownBy(() ->
                        file.addAgent(
                                "bot",
                                new AgentEntry(
                                        "reportng",
                                        null,
                                        new VerifierText(VERIFIER),
                                        List.of(),
                                        null,
                                        NOW)))
                .hasMessage(
                        "there is no policy \"reportng\" (did you mean reporting?); known: reporting");
    }

    @Test
    void agentOfUnknownAge_rotated_getsItsAgeBesideTheVerifier() throws Exception {
        String before =
                """
                agents:
                  first:
                    policy: reporting
                    verifier: "VERIFIER"   # Dana's
                  second: {policy: reporting, verifier: 'VERIFIER'}
                """
                                .replace("VERIFIER", VERIFIER)
                        + MINIMAL;
        Path file = write(before);

        new ConfigurationFile(file)
                .replaceVerifier("first", new VerifierText(OTHER_VERIFIER), LATER);
        new ConfigurationFile(file)
                .replaceVerifier("second", new VerifierText(OTHER_VERIFIER), LATER);

        assertThat(file)
                .hasContent(
                        """
                        agents:
                          first:
                            policy: reporting
                            created: "2027-01-02T03:04:05Z"
                            verifier: "VERIFIER"   # Dana's
                          second: {policy: reporting, created: "2027-01-02T03:04:05Z", verifier: "VERIFIER"}
                        """
                                        .replace("VERIFIER", OTHER_VERIFIER)
                                + MINIMAL);
    }

    @Test
    void agentThatDoesNotExist_rotatedOrRevoked_isRefusedWithTheNearest() throws Exception {
        ConfigurationFile file = new ConfigurationFile(write(MINIMAL));
        file.addAgent("report-bot", entry());

        assertThatThrownBy(() -> file.removeAgent("reportbot"))
                .hasMessage("there is no agent \"reportbot\" (did you mean report-bot?)");
        assertThatThrownBy(() -> file.replaceVerifier("x", new VerifierText(VERIFIER), LATER))
                .hasMessage("there is no agent \"x\"");
    }

    @Test
    void nameThatIsNone_added_isRefused() throws Exception {
        ConfigurationFile file = new ConfigurationFile(write(MINIMAL));

        assertThatThrownBy(() -> file.addAgent("a: {b", entry()))
                .hasMessageStartingWith("an agent's name has 1 to 63");
    }

    @Test
    void wholeFileInBraces_agentAdded_isRefusedAndNothingChanges() throws Exception {
        String yaml =
                "{upstreams: {s: {hosts: [a], user: u}}, policies: {reporting: {upstream: s, databases: [d]}}}\n";
        Path path = write(yaml);

        assertThatThrownBy(() -> new ConfigurationFile(path).addAgent("bot", entry()))
                .hasMessageContaining("cannot be changed automatically; nothing was changed");
        assertThat(path).hasContent(yaml);
    }

    @Test
    void brokenFile_agentAdded_reportsItsProblems() throws Exception {
        ConfigurationFile file = new ConfigurationFile(write("listen: {prot: 1}\n"));

        assertThatThrownBy(() -> file.addAgent("bot", entry()))
                .isInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() ->
                        new ConfigurationFile(directory.resolve("absent.yaml"))
                                .addAgent("bot", entry()))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessageEndingWith("there is no such file");
    }

    @Test
    void permissionsAndLink_agentAdded_stay() throws Exception {
        Path path = write(MINIMAL);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(directory.resolve("link.yaml"), path);

        new ConfigurationFile(link).addAgent("bot", entry());

        assertThat(Files.getPosixFilePermissions(path))
                .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
        assertThat(link).isSymbolicLink();
        assertThat(ConfigurationLoader.load(path).agents()).containsKey("bot");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactlyInAnyOrder(path, link);
        }
    }

    @Test
    void manyAgents_addedAtOnce_areAllThere() throws Exception {
        Path path = write(MINIMAL);
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Future<?>> adding = new ArrayList<>();
            // One process's locks exclude other processes only; within a process the second comer
            // is refused.
            Object turn = new Object();
            IntStream.range(0, 20)
                    .forEach(i ->
                            adding.add(
                                    executor.submit(() -> {
                                        synchronized (turn) {
                                            new ConfigurationFile(path)
                                                    .addAgent("bot" + i, entry());
                                        }
                                        return null;
                                    })));
            for (Future<?> added : adding) {
                added.get();
            }
        }

        assertThat(ConfigurationLoader.load(path).agents()).hasSize(20);
    }

    @Test
    void valuesThatAreNone_made_nameTheirKey() {
        VerifierText verifier = new VerifierText(VERIFIER);
        assertThatThrownBy(
                        () -> new AgentEntry("p", null, verifier, List.of("10.0.0.1/8"), null, NOW))
                .isInstanceOfSatisfying(
                        InvalidValueException.class,
                        e -> assertThat(e.key()).isEqualTo("networks"));
        assertThatThrownBy(() -> new AgentEntry("p", null, verifier, List.of(), "soon", NOW))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.key()).isEqualTo("expires"));
        assertThatThrownBy(() -> new AgentEntry("p", " ", verifier, List.of(), null, NOW))
                .isInstanceOfSatisfying(
                        InvalidValueException.class, e -> assertThat(e.key()).isEqualTo("owner"));
        assertThat(new AgentEntry("p", null, verifier, List.of(), null, NOW).toString())
                .doesNotContain("SCRAM");
    }
}
