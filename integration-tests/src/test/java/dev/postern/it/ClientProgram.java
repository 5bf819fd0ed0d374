package dev.postern.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A client that is a program of its own, run to its end. */
final class ClientProgram {

    private static final long LIMIT_SECONDS = 300;

    private ClientProgram() {}

    /** What a program left behind. */
    record Result(int status, String output, String errors) {}

    /**
     * Runs a program with the endpoint in its environment and {@code input} as its standard input.
     */
    static Result run(Endpoint endpoint, String input, List<String> command)
            throws IOException, InterruptedException {
        Path errors = Files.createTempFile("client", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> name.startsWith("PG"));
            environment.putAll(endpoint.environment());
            environment.put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(command + " did not end");
            }
            return new Result(process.exitValue(), output, Files.readString(errors));
        } finally {
            Files.delete(errors);
        }
    }
}
