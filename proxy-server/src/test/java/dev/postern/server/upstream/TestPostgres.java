package dev.postern.server.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of the machine (the newest under {@code /usr/lib/postgresql}), for one test
 * class. PostgreSQL refuses to run as root, so root starts it in a user namespace of its own.
 */
public final class TestPostgres implements AutoCloseable {

    private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");

    private final Path data;
    private final int port;

    private TestPostgres(Path data, int port) {
        this.data = data;
        this.port = port;
    }

    /** Makes a cluster with one superuser, {@code postgres}, and starts it. */
    public static TestPostgres create(Path data, String hba, List<String> settings) {
        run("initdb", "-D", data.toString(), "-U", "postgres", "-E", "UTF8", "--no-sync");
        write(data.resolve("pg_hba.conf"), "local all postgres trust\n" + hba);
        return new TestPostgres(data, freePort()).start(settings);
    }

    /** Copies a stopped cluster, to be a standby without a primary. */
    public static TestPostgres standbyOf(TestPostgres stopped, Path data, List<String> settings) {
        runCommand("cp", "-a", stopped.data.toString(), data.toString());
        write(data.resolve("standby.signal"), "");
        return new TestPostgres(data, freePort()).start(settings);
    }

    public TestPostgres start(List<String> settings) {
        List<String> lines = new ArrayList<>(settings);
        lines.add("listen_addresses = '127.0.0.1'");
        lines.add("port = " + port);
        lines.add("unix_socket_directories = '" + data + "'");
        lines.add("fsync = off");
        write(data.resolve("postgresql.conf"), String.join("\n", lines) + "\n");
        Path log = data.resolve("log");
        try {
            run("pg_ctl", "-D", data.toString(), "-l", log.toString(), "-w", "start");
        } catch (IllegalStateException e) {
            throw new IllegalStateException(read(log), e);
        }
        return this;
    }

    public void stop() {
        run("pg_ctl", "-D", data.toString(), "-m", "fast", "-w", "stop");
    }

    /** Runs SQL as the superuser. */
    public void sql(String sql) {
        run(
                "psql",
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                data.toString(),
                "-p",
                "" + port,
                "-U",
                "postgres",
                "-c",
                sql);
    }

    public int port() {
        return port;
    }

    @Override
    public void close() {
        if (Files.exists(data.resolve("postmaster.pid"))) {
            stop();
        }
    }

    private static void run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(newestInstallation().resolve("bin").resolve(program).toString());
        command.addAll(List.of(arguments));
        runCommand(command.toArray(String[]::new));
    }

    private static void runCommand(String... command) {
        try {
            Path output = Files.createTempFile("postgres", ".out");
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            int status = process.waitFor();
            String said = Files.readString(output);
            Files.delete(output);
            if (status != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path newestInstallation() {
        try (Stream<Path> versions = Files.list(INSTALLATIONS)) {
            return versions.filter(version -> version.getFileName().toString().matches("\\d+"))
                    .max((a, b) -> Integer.compare(number(a), number(b)))
                    .orElseThrow(() ->
                            new IllegalStateException("no PostgreSQL under " + INSTALLATIONS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int number(Path version) {
        return Integer.parseInt(version.getFileName().toString());
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
