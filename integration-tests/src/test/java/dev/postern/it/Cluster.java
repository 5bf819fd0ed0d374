package dev.postern.it;

import dev.postern.server.PosternServer;
import dev.postern.server.cli.RunningServer;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.demo.Directories;
import dev.postern.server.demo.EmbeddedPostgres;
import dev.postern.server.demo.PostgresBinaries;
import dev.postern.server.demo.PostgresServer;
import dev.postern.server.demo.SampleDatabase;
import dev.postern.server.secrets.GeneratedCredential;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A primary, two standbys, and a Postern of this JVM that has all three as hosts of one upstream,
 * with an agent that takes any lag and one whose policy has a limit.
 */
final class Cluster implements AutoCloseable {

    static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    static final Duration CHECK_TIMEOUT = Duration.ofSeconds(1);
    static final Duration MAX_LAG = Duration.ofSeconds(2);

    private static final Duration DRAIN = Duration.ofSeconds(2);

    private final Path directory;
    private final EmbeddedPostgres servers;
    private final Map<PostgresServer, String> hosts;
    private final RunningServer postern;
    private final String password;

    private Cluster(
            Path directory,
            EmbeddedPostgres servers,
            Map<PostgresServer, String> hosts,
            RunningServer postern,
            String password) {
        this.directory = directory;
        this.servers = servers;
        this.hosts = hosts;
        this.postern = postern;
        this.password = password;
    }

    /** How Postern reaches the second standby. */
    @FunctionalInterface
    interface Reach {

        /** Returns the {@code host:port} to configure for what listens on a port here. */
        String to(int port) throws IOException;
    }

    static Cluster start() throws Exception {
        return start(port -> "127.0.0.1:" + port);
    }

    private static String local(PostgresServer server) {
        return "127.0.0.1:" + server.port();
    }

    static Cluster start(Reach reach) throws Exception {
        Path directory = Files.createTempDirectory("postern-it-");
        EmbeddedPostgres servers =
                EmbeddedPostgres.start(
                        PostgresBinaries.unpacked(
                                TestEnvironment.target().resolve("postgres/postgresql-18.jar"),
                                TestEnvironment.target().resolve("postgres")),
                        directory.resolve("servers"),
                        new EmbeddedPostgres.Options(
                                2, Map.of("max_standby_streaming_delay", "1s"), List.of()),
                        step -> {});
        SampleDatabase shop = SampleDatabase.create(servers.primary());
        servers.primary().execute(SampleDatabase.NAME, "CREATE TABLE beat (at timestamptz)");
        servers.primary()
                .execute(SampleDatabase.NAME, "INSERT INTO beat VALUES (clock_timestamp())");
        servers.awaitReplay();
        Map<PostgresServer, String> hosts = new LinkedHashMap<>();
        hosts.put(servers.primary(), local(servers.primary()));
        hosts.put(servers.standbys().get(0), local(servers.standbys().get(0)));
        hosts.put(servers.standbys().get(1), reach.to(servers.standbys().get(1).port()));
        GeneratedCredential credential = GeneratedCredential.create();
        Files.writeString(directory.resolve("upstream.password"), shop.readerPassword());
        Files.writeString(
                directory.resolve("postern.yaml"),
                """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                upstreams:
                  shop:
                    hosts: [%s]
                    user: %s
                    password: "${file:upstream.password}"
                    tls: {mode: disable}
                    connect_timeout: 2s
                    check_interval: %ds
                    check_timeout: %ds
                    ejection: {initial: 500ms, max: 5s}
                    slow_start: 1s
                policies:
                  any: {upstream: shop, databases: [%s]}
                  fresh: {upstream: shop, databases: [%s], max_lag: %ds}
                agents:
                  any: {policy: any, verifier: "%s"}
                  fresh: {policy: fresh, verifier: "%s"}
                audit: {file: {directory: audit}}
                gate: {time_limit: 5s}
                """
                        .formatted(
                                hosts.values().stream()
                                        .map(host -> '"' + host + '"')
                                        .collect(Collectors.joining(", ")),
                                SampleDatabase.READER,
                                CHECK_INTERVAL.toSeconds(),
                                CHECK_TIMEOUT.toSeconds(),
                                SampleDatabase.NAME,
                                SampleDatabase.NAME,
                                MAX_LAG.toSeconds(),
                                credential.verifier().encode(),
                                credential.verifier().encode()));
        RunningServer postern =
                PosternServer.start(ConfigurationLoader.load(directory.resolve("postern.yaml")));
        return new Cluster(
                directory, servers, hosts, postern, new String(credential.password().chars()));
    }

    PostgresServer primary() {
        return servers.primary();
    }

    PostgresServer standby(int number) {
        return servers.standbys().get(number);
    }

    /** An agent, {@code any} or {@code fresh}. */
    Endpoint agent(String name) {
        return new Endpoint(
                "127.0.0.1", postern.address().getPort(), SampleDatabase.NAME, name, password);
    }

    /** A server's superuser. */
    static Endpoint superuser(PostgresServer server) {
        return new Endpoint(
                "127.0.0.1",
                server.port(),
                SampleDatabase.NAME,
                PostgresServer.SUPERUSER,
                server.superuserPassword());
    }

    /** Sends a signal to all of a server's processes. */
    static void signal(PostgresServer server, String signal) throws Exception {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        server.processes().forEach(process -> command.add(Long.toString(process.pid())));
        new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        return AdminPort.get(postern.adminAddress().getPort(), path);
    }

    /** Tells whether Postern has nothing against a server. */
    boolean serves(PostgresServer server) throws IOException, InterruptedException {
        String host = "host=\"" + hosts.get(server) + "\"";
        return admin("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("postern_upstream_objection{" + host))
                .allMatch(line -> line.endsWith(" 0.0"));
    }

    List<String> auditLines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> all = Files.list(directory.resolve("audit"))) {
            for (Path file : all.filter(path -> path.toString().endsWith(".jsonl")).toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        postern.drain(DRAIN);
        servers.close();
        Directories.delete(directory);
    }
}
