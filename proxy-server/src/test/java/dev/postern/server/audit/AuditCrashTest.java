package dev.postern.server.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process writes a trail and is killed without warning. */
final class AuditCrashTest {

    private static final int ROUNDS = 3;

    @TempDir Path root;

    @Test
    void killed_process_loses_no_event_that_it_had_accepted() throws Exception {
        Path directory = root.resolve("audit");
        long last = 0;
        for (int round = 1; round <= ROUNDS; round++) {
            last = runAndKill(directory, last + 1, last + 5_000L * round);
            Trails.open(Trails.small(directory)).close();
            List<Long> numbers = Trails.numbers(directory);
            assertThat(numbers.size()).isGreaterThanOrEqualTo((int) last);
            assertThat(numbers)
                    .isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
            assertThat(Trails.troubles(directory)).isEmpty();
            last = numbers.size();
        }
    }

    @Test
    void directory_of_a_living_process_is_refused() throws Exception {
        Path directory = root.resolve("audit");
        Process writer = start(directory, 1);
        try (BufferedReader lines = reader(writer)) {
            assertThat(lines.readLine()).isNotNull();
            assertThatThrownBy(() -> Trails.open(directory))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another Postern process");
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    /** Returns the last number that the process said it had accepted before it was killed. */
    private static long runAndKill(Path directory, long first, long killAfter) throws Exception {
        Process writer = start(directory, first);
        long last = 0;
        try (BufferedReader lines = reader(writer)) {
            String line = lines.readLine();
            while (line != null) {
                last = Long.parseLong(line);
                if (last >= killAfter) {
                    writer.toHandle().destroyForcibly();
                }
                line = lines.readLine();
            }
        } finally {
            writer.destroyForcibly().waitFor();
        }
        assertThat(last).isGreaterThanOrEqualTo(killAfter);
        return last;
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    private static Process start(Path directory, long first) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        AuditCrashMain.class.getName(),
                        directory.toString(),
                        Long.toString(first))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
