package dev.postern.it;

import dev.postern.server.PosternServer;
import dev.postern.server.cli.RunningServer;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.demo.Directories;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A Postern of this JVM before one server, with one agent. */
final class Gateway implements AutoCloseable {

    private static final Duration DRAIN = Duration.ofSeconds(5);

    private final PostgresUnderTest upstream;
    private final GatewayFiles files;
    private final RunningServer server;
    private final Endpoint agent;
    private final String kind;

    private Gateway(
            PostgresUnderTest upstream,
            GatewayFiles files,
            RunningServer server,
            Endpoint agent,
            String kind) {
        this.kind = kind;
        this.upstream = upstream;
        this.files = files;
        this.server = server;
        this.agent = agent;
    }

    /** Starts a Postern that logs in as the role that may only read. */
    static Gateway before(PostgresUnderTest upstream) throws Exception {
        return before(upstream, upstream.serving(), "");
    }

    /**
     * Starts a Postern.
     *
     * @param role whom it logs in as, and to which database
     * @param sections more sections of the configuration
     */
    static Gateway before(PostgresUnderTest upstream, Endpoint role, String sections)
            throws Exception {
        GatewayFiles files = GatewayFiles.write(upstream, role, sections);
        RunningServer server = PosternServer.start(ConfigurationLoader.load(files.configuration()));
        return new Gateway(
                upstream,
                files,
                server,
                files.agent(server.address().getPort(), role.database()),
                "");
    }

    /**
     * Starts a Postern that keeps its connections otherwise.
     *
     * @param pool the section {@code pool} of the upstream
     */
    static Gateway pooled(PostgresUnderTest upstream, String pool) throws Exception {
        GatewayFiles files = GatewayFiles.writePooled(upstream, upstream.serving(), pool);
        RunningServer server = PosternServer.start(ConfigurationLoader.load(files.configuration()));
        return new Gateway(
                upstream,
                files,
                server,
                files.agent(server.address().getPort(), upstream.serving().database()),
                " with pool " + pool);
    }

    PostgresUnderTest upstream() {
        return upstream;
    }

    /** An agent with its credential. */
    Endpoint agent() {
        return agent;
    }

    /** Another agent with its credential. */
    Endpoint other() {
        return agent.as(GatewayFiles.OTHER, agent.password());
    }

    /** Returns all lines of the audit trail that are readable so far. */
    List<String> auditLines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> all = Files.list(files.auditDirectory())) {
            for (Path file :
                    all.filter(path -> path.toString().endsWith(".jsonl")).sorted().toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    /** Asks the admin port. */
    HttpResponse<String> admin(String path) throws IOException, InterruptedException {
        return AdminPort.get(server.adminAddress().getPort(), path);
    }

    /** Ends Postern; the server before which it stood runs on. */
    @Override
    public void close() throws IOException {
        server.drain(DRAIN);
        Directories.delete(files.directory());
    }

    @Override
    public String toString() {
        return upstream.label() + kind;
    }
}
