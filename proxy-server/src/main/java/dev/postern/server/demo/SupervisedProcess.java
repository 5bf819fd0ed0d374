package dev.postern.server.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server process that cannot outlive this JVM, however the JVM ends: a shell beside it reads a
 * pipe whose other end only this JVM holds, and stops the server when the pipe closes. It has a
 * session of its own, so that Ctrl-C in a terminal reaches this JVM alone, which then stops things
 * in order.
 *
 * <p>PostgreSQL refuses to run as root. What root starts runs in a user namespace where nobody is
 * root ({@code unshare -U}).
 */
final class SupervisedProcess implements AutoCloseable {

    private static final String SUPERVISOR =
            """
            exec 3<&0
            "$@" 3<&- </dev/null &
            server=$!
            ( while read -r _; do :; done <&3; kill -INT "$server" ) &
            watcher=$!
            exec 3<&-
            wait "$server"
            status=$?
            kill "$watcher" 2>/dev/null
            exit "$status"
            """;

    private static final Duration ORDERLY_STOP = Duration.ofSeconds(20);

    private final Process shell;

    private SupervisedProcess(Process shell) {
        this.shell = shell;
    }

    /**
     * Starts a server.
     *
     * @param owned a file or folder of the user that this process runs as
     * @param log receives what the server writes, appended
     */
    static SupervisedProcess start(List<String> command, Path owned, Path log) throws IOException {
        List<String> supervised =
                new ArrayList<>(List.of("setsid", "sh", "-c", SUPERVISOR, "supervisor"));
        supervised.addAll(command);
        return new SupervisedProcess(
                builder(supervised, owned)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
    }

    /**
     * Runs a program to its end.
     *
     * @throws IOException with what the program wrote, if it fails
     */
    static void run(List<String> command, Path owned) throws IOException {
        Process process = builder(command, owned).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = waitFor(process);
        if (status != 0) {
            throw new IOException(
                    command.getFirst() + " ended with " + status + ": " + output.strip());
        }
    }

    private static ProcessBuilder builder(List<String> command, Path owned) throws IOException {
        List<String> whole = new ArrayList<>();
        if (Files.getAttribute(owned, "unix:uid").equals(0)) {
            whole.addAll(List.of("unshare", "-U"));
        }
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        return builder;
    }

    /** Waits for the process to end, at most as long as given; returns whether it has. */
    boolean hasEndedWithin(Duration time) {
        try {
            return shell.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return !shell.isAlive();
        }
    }

    /** Stops the server in order, by force if it takes too long. */
    @Override
    public void close() throws IOException {
        shell.getOutputStream().close();
        if (!hasEndedWithin(ORDERLY_STOP)) {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
    }

    private static int waitFor(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
