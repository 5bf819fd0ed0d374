package dev.postern.it;

import dev.postern.server.demo.Directories;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        GatewayFiles files = GatewayFiles.write(upstream, upstream.serving(), "");
        Path log = files.directory().resolve("postern.log");
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dlogback.configurationFile=logback.xml",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.postern.server.Main",
                                "serve",
                                "--config",
                                files.configuration().toString())
                        .redirectError(log.toFile())
                        .start();
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
