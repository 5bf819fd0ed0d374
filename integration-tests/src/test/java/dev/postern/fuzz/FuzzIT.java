package dev.postern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs each fuzz target for a bounded time, and each input again that was once found. The system
 * property {@code postern.fuzz.seed} makes another run of it.
 */
final class FuzzIT {

    private static final Duration TIME = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long SEED = Long.getLong("postern.fuzz.seed", 4711);
    private static final Path CORPUS = property("postern.it.corpus");
    private static final Path FOUND =
            property("postern.it.sources").resolve("resources/dev/postern/fuzz");

    /** Those that hostile bytes meet first; starting Jazzer takes longer than the run. */
    @ParameterizedTest
    @EnumSource(names = {"FRAMES", "STARTUP", "TEXT", "GATE"})
    void jazzer_forABoundedTime_findsNothing(FuzzTarget target, @TempDir Path directory)
            throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        FuzzRun run = new FuzzRun(target, directory, CORPUS);
        Process process = run.start(SEED, TIME, -1, ProcessBuilder.Redirect.to(log.toFile()));
        try {
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("%s ends by itself: %s", target, Files.readString(log))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }

        String said = Files.readString(log);
        assertThat(process.exitValue())
                .as("%s found something, seed %s: %s", target, SEED, said)
                .isZero();
        // Without coverage it would only seem to have run.
        assertThat(said)
                .contains("Instrumented dev.postern.")
                .contains("stat::number_of_executed_units");
    }

    @Test
    void whatWasOnceFound_againstEachTarget_isFoundNoMore() throws Throwable {
        for (FuzzTarget target : FuzzTarget.values()) {
            for (Path input : inputs(target)) {
                try {
                    target.run(Files.readAllBytes(input));
                } catch (Finding | AssertionError e) {
                    throw new AssertionError(input + " is found again", e);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatItBeginsWith_holdsForEachTarget(FuzzTarget target) throws Throwable {
        List<byte[]> seeds = target.seeds(CORPUS);
        assertThat(seeds).isNotEmpty();
        for (byte[] seed : seeds) {
            target.run(seed);
        }
    }

    private static List<Path> inputs(FuzzTarget target) {
        Path folder = FOUND.resolve(target.label());
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return new ArrayList<>(files.sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path property(String name) {
        return Path.of(Objects.requireNonNull(System.getProperty(name), name)).toAbsolutePath();
    }
}
