package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.it.Corpus.Case;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The larger collection's own runner, with its conversations of several steps, and a tap between
 * Postern and the server that records what got through. Runs where that collection is beside the
 * project.
 */
final class CorpusScriptsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> GOOD = Set.of("ok", "blocked", "n/a-extended");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir private Path folder;

    @Test
    void everyCase_byTheCollectionsOwnRunner_isBlockedOrPasses() throws Exception {
        Corpus corpus = Corpus.find();
        assumeTrue(corpus.isWhole(), "the collection with its runner is not here");
        try (PostgresUnderTest postgres = TestEnvironment.throwAwayPrimary()) {
            Endpoint owner = CorpusDatabase.create(postgres, corpus);
            int tapPort = freePort();
            Path tapLog = folder.resolve("tap.log");
            Process tap =
                    new ProcessBuilder(
                                    "python3",
                                    corpus.file("tools/tap.py").toString(),
                                    Integer.toString(tapPort),
                                    owner.host() + ":" + owner.port(),
                                    tapLog.toString())
                            .inheritIO()
                            .start();
            try {
                Eventually.get(PATIENCE, () -> accepts(tapPort), open -> open);
                Endpoint tapped =
                        new Endpoint(
                                "127.0.0.1",
                                tapPort,
                                owner.database(),
                                owner.user(),
                                owner.password());
                try (Gateway gateway = Gateway.before(postgres, tapped, "")) {
                    assertThat(run(corpus, gateway.agent(), postgres.majorVersion(), tapLog))
                            .isEmpty();
                }
            } finally {
                tap.destroy();
            }
        }
    }

    /** Runs all cases; returns those that did not end as they should. */
    private List<String> run(Corpus corpus, Endpoint agent, int majorVersion, Path tapLog)
            throws IOException, InterruptedException {
        Path results = folder.resolve("results.jsonl");
        ClientProgram.Result runner =
                ClientProgram.run(
                        agent,
                        "",
                        List.of(
                                "python3",
                                corpus.file("run_corpus.py").toString(),
                                "--port",
                                Integer.toString(agent.port()),
                                "--user",
                                agent.user(),
                                "--password",
                                agent.password(),
                                "--db",
                                agent.database(),
                                "--pg",
                                Integer.toString(majorVersion),
                                "--tap-log",
                                tapLog.toString(),
                                "--out",
                                results.toString()));
        assertThat(runner.status()).as(runner.errors()).isZero();
        Set<String> knownGaps =
                corpus.cases("deny.jsonl", majorVersion).stream()
                        .filter(Case::knownGap)
                        .map(Case::id)
                        .collect(Collectors.toSet());
        List<String> wrong = new ArrayList<>();
        for (String line : Files.readAllLines(results)) {
            JsonNode result = JSON.readTree(line);
            if (!GOOD.contains(result.path("verdict").asText())
                    && !knownGaps.contains(result.path("id").asText())) {
                wrong.add(line);
            }
        }
        return wrong;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
