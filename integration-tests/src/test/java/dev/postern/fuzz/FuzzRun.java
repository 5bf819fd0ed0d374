package dev.postern.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One run of Jazzer on one target, in a JVM of its own.
 *
 * <pre>
 * DIRECTORY/TARGET/seeds     what it begins with
 *                 /corpus    what it found to reach more code; kept for the next run
 *                 /findings  inputs for which something does not hold
 * </pre>
 *
 * @param directory where its files are kept
 * @param corpus the folder of the policy's corpora
 */
record FuzzRun(FuzzTarget target, Path directory, Path corpus) {

    /** An input that takes longer than this is a finding; the first waits for classes as well. */
    private static final int MOST_SECONDS_FOR_ONE_INPUT = 60;

    private static final int MOST_MEBIBYTES = 3000;

    /** The stack of a gate's thread. */
    private static final String STACK = "-Xss16m";

    private static final String HEAP = "-Xmx1g";

    /** A run shorter than this ends before the better code is worth what it costs to make. */
    private static final Duration BRIEF = Duration.ofMinutes(1);

    private static final String FOLLOWED = "dev.postern.**";

    /** The code that the build makes of the grammar's module is too much of it. */
    private static final String NOT_FOLLOWED = "dev.postern.sql.grammar.wasm.**";

    /**
     * Starts the run.
     *
     * @param seed of its random choices
     * @param time how long it goes on if nothing is found
     * @param inputs after how many inputs it ends before that, -1 for no such limit
     */
    Process start(long seed, Duration time, long inputs, ProcessBuilder.Redirect output)
            throws IOException {
        Path own = directory.resolve(target.label()).toAbsolutePath();
        Path seeds = Files.createDirectories(own.resolve("seeds"));
        Path found = Files.createDirectories(own.resolve("corpus"));
        Path findings = Files.createDirectories(findings());
        List<byte[]> first = target.seeds(corpus);
        for (int i = 0; i < first.size(); i++) {
            Files.write(seeds.resolve("seed-" + i), first.get(i));
        }
        Path dictionary = own.resolve("dictionary");
        Files.write(dictionary, Seeds.dictionary(corpus), StandardCharsets.US_ASCII);
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (time.compareTo(BRIEF) < 0) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:+EnableDynamicAgentLoading",
                        "-XX:+UseSerialGC",
                        STACK,
                        HEAP,
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + target.code().getName(),
                        "--instrumentation_includes=" + FOLLOWED,
                        "--instrumentation_excludes=" + NOT_FOLLOWED,
                        // Jazzer's hooks of sun.misc.Unsafe fail on Netty's queues.
                        "--custom_hook_includes=" + FOLLOWED,
                        "--reproducer_path=" + findings,
                        "-artifact_prefix=" + findings + "/",
                        "-seed=" + seed,
                        "-max_total_time=" + time.toSeconds(),
                        "-runs=" + inputs,
                        "-max_len=" + target.maxLength(),
                        "-timeout=" + MOST_SECONDS_FOR_ONE_INPUT,
                        "-rss_limit_mb=" + MOST_MEBIBYTES,
                        "-print_final_stats=1"));
        switch (target) {
            case AUDIT, TEXT, GATE -> command.add("-dict=" + dictionary);
            case FRAMES, STARTUP, BACKEND, SESSION, SENTENCES -> {}
        }
        command.add(found.toString());
        command.add(seeds.toString());
        return new ProcessBuilder(command)
                .directory(own.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }

    /** Returns the folder of inputs for which something does not hold. */
    Path findings() {
        return directory.resolve(target.label()).resolve("findings").toAbsolutePath();
    }
}
