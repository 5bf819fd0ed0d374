package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code postern demo}, as a process of its own. */
final class DemoIT {

    private static final Pattern URL =
            Pattern.compile("psql (postgresql://([^:]+):([^@]+)@127\\.0\\.0\\.1:(\\d+)/shop)");
    private static final Pattern REMOVES = Pattern.compile("removes (\\S+)\\.");

    @Test
    void tour_playsEveryStepAndLeavesNothing() throws Exception {
        Process demo = start("--once", "--port", "0");

        String output = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).as(output).isZero();
        assertThat(output)
                .contains("ERROR   25006")
                .contains("\"rule\":\"write\"")
                .contains("\"rule\":\"data_modifying_cte\"")
                .contains("postern_statements_total{")
                .contains("customers on the primary: 2,000 before, 2,000 after")
                .contains("Every step did what it should")
                .doesNotContain("✗");
        assertNothingRuns(demo);
    }

    @Test
    void demo_servesUntilItIsStopped_andRemovesItsFolder() throws Exception {
        Process demo = start("--port", "0");
        try {
            String guide = readTo(demo.inputReader(), "Ctrl-C");
            Matcher url = URL.matcher(guide);
            assertThat(url.find()).as(guide).isTrue();
            Matcher removes = REMOVES.matcher(guide);
            assertThat(removes.find()).as(guide).isTrue();
            Path folder = Path.of(removes.group(1));
            assertThat(folder).isDirectory();
            Endpoint agent =
                    new Endpoint(
                            "127.0.0.1",
                            Integer.parseInt(url.group(4)),
                            "shop",
                            url.group(2),
                            url.group(3));
            assertThat(Sql.one(agent, "SELECT count(*) FROM orders")).isEqualTo("9000");
            assertThat(Sql.one(agent, "SELECT pg_is_in_recovery()")).isEqualTo("t");

            demo.destroy();

            assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(demo.exitValue()).isZero();
            assertThat(folder).doesNotExist();
        } finally {
            demo.destroyForcibly();
        }
        assertNothingRuns(demo);
    }

    @Test
    void keptFolder_staysWithEverythingInIt(@TempDir Path folder) throws Exception {
        Process demo = start("--once", "--port", "0", "--keep", folder.toString());

        String output = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();

        assertThat(demo.exitValue()).as(output).isZero();
        assertThat(folder.resolve("postern.yaml")).content().contains("demo-agent");
        assertThat(folder.resolve("audit")).isDirectory();
        assertThat(folder.resolve("postern.log")).exists();
    }

    @Test
    void portInUse_isSaidInWordsBeforeAnythingStarts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process demo = start("--port", Integer.toString(taken.getLocalPort()));

            String output =
                    new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(demo.waitFor()).isEqualTo(2);
            assertThat(output)
                    .contains("port " + taken.getLocalPort() + " on 127.0.0.1 is in use")
                    .contains("--port");
        }
    }

    private static Process start(String... options) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dlogback.configurationFile=logback.xml",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.postern.server.Main",
                                "demo"));
        command.addAll(List.of(options));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String readTo(BufferedReader output, String last) throws IOException {
        StringBuilder text = new StringBuilder();
        String line = "";
        while (line != null && !line.contains(last)) {
            text.append(line).append('\n');
            line = output.readLine();
        }
        return text.append(line).toString();
    }

    /** Checks that no server of a demo is left. */
    private static void assertNothingRuns(Process demo) throws IOException {
        String folder = "postern-demo-" + demo.pid() + "-";
        assertThat(
                        ProcessHandle.allProcesses()
                                .map(process -> process.info().commandLine().orElse("")))
                .noneMatch(line -> line.contains(folder));
        try (var left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(left.map(Path::toString)).noneMatch(path -> path.contains(folder));
        }
    }
}
