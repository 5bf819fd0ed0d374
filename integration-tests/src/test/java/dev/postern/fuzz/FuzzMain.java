package dev.postern.fuzz;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * What {@code integration-tests/bench/fuzz} runs: {@code TARGET MINUTES SEED DIRECTORY CORPUS}, or
 * {@code TARGET FILE} to run one input again.
 */
public final class FuzzMain {

    private static final int RUN_ARGUMENTS = 5;

    private FuzzMain() {}

    /** Exits with 0 if nothing was found, 1 if something was, 2 if it could not be run. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.exit(run(arguments, System.err));
    }

    private static int run(String[] arguments, PrintStream err)
            throws IOException, InterruptedException {
        if (arguments.length == 0 || !FuzzTarget.labels().contains(arguments[0])) {
            err.println("fuzz: TARGET is one of " + String.join(", ", FuzzTarget.labels()));
            return 2;
        }
        FuzzTarget target = FuzzTarget.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        if (arguments.length == RUN_ARGUMENTS) {
            return fuzz(target, arguments, err);
        }
        return arguments.length == 2 ? again(target, Path.of(arguments[1]), err) : 2;
    }

    private static int fuzz(FuzzTarget target, String[] arguments, PrintStream err)
            throws IOException, InterruptedException {
        FuzzRun run = new FuzzRun(target, Path.of(arguments[3]), Path.of(arguments[4]));
        Process process =
                run.start(
                        Long.parseLong(arguments[2]),
                        Duration.ofMinutes(Long.parseLong(arguments[1])),
                        -1,
                        ProcessBuilder.Redirect.INHERIT);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        int exit = process.waitFor();
        if (exit == 0) {
            return 0;
        }
        err.println("fuzz: findings are in " + run.findings());
        return 1;
    }

    private static int again(FuzzTarget target, Path file, PrintStream err) throws IOException {
        try {
            target.run(Files.readAllBytes(file));
            return 0;
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            e.printStackTrace(err);
            return 1;
        }
    }
}
