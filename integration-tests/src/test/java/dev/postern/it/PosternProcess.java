package dev.postern.it;

import dev.postern.server.demo.Directories;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code postern serve} as a process of its own, for what concerns a process: signals and limits.
 */
final class PosternProcess implements AutoCloseable {

    private static final Pattern READY = Pattern.compile("ready [^ ]+:(\\d+) admin [^ ]+:(\\d+).*");

    private final GatewayFiles files;
    private final Process process;
    private final Endpoint agent;
    private final int adminPort;

    private PosternProcess(GatewayFiles files, Process process, Endpoint agent, int adminPort) {
        this.files = files;
        this.process = process;
        this.agent = agent;
        this.adminPort = adminPort;
    }

    /** Starts it and returns when it says that it is ready. */
    static PosternProcess before(PostgresUnderTest upstream) throws IOException {
        return start(upstream, GatewayFiles.write(upstream, upstream.serving(), ""), List.of());
    }

    /**
     * Starts it with the memory a server has, and the gate's own limits unless a section changes
     * them.
     *
     * @param sections more sections of the configuration
     */
    static PosternProcess asDeployedBefore(PostgresUnderTest upstream, String sections)
            throws IOException {
        return start(
                upstream,
                GatewayFiles.writeAll(upstream, upstream.serving(), sections),
                List.of(
                        "-XX:+UseSerialGC",
                        "-XX:+UseCompactObjectHeaders",
                        "-Xms32m",
                        "-Xmx768m",
                        "-Dio.netty.leakDetection.level=disabled"));
    }

    private static PosternProcess start(
            PostgresUnderTest upstream, GatewayFiles files, List<String> options)
            throws IOException {
        Path log = files.directory().resolve("postern.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(
                List.of(
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-Dlogback.configurationFile=logback.xml",
                        "-cp",
                        Objects.requireNonNull(System.getProperty("java.class.path")),
                        "dev.postern.server.Main",
                        "serve",
                        "--config",
                        files.configuration().toString()));
        Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        Matcher ready = READY.matcher(String.valueOf(line));
        if (!ready.matches()) {
            process.destroyForcibly();
            throw new IOException("said " + line + " instead of ready: " + Files.readString(log));
        }
        Endpoint agent =
                files.agent(Integer.parseInt(ready.group(1)), upstream.serving().database());
        return new PosternProcess(files, process, agent, Integer.parseInt(ready.group(2)));
    }

    Endpoint agent() {
        return agent;
    }

    HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        return AdminPort.get(adminPort, path);
    }

    /** Lets no file that it writes grow any more, as a full disk would. */
    void fillDisk() throws IOException, InterruptedException {
        Process limit =
                new ProcessBuilder(
                                List.of(
                                        "prlimit",
                                        "--pid",
                                        Long.toString(process.pid()),
                                        "--fsize=1"))
                        .start();
        if (limit.waitFor() != 0) {
            throw new IOException(
                    "prlimit: "
                            + new String(
                                    limit.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Returns how much memory it has had resident at most, in MiB. */
    long peakMebibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElseThrow(() -> new IOException("it has ended"));
    }

    /** Returns what it has logged. */
    String log() throws IOException {
        return Files.readString(files.directory().resolve("postern.log"));
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits for its end and returns the exit code. */
    int exitCode() throws IOException, InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IOException("it does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Directories.delete(files.directory());
    }
}
