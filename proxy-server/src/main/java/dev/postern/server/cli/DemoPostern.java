package dev.postern.server.cli;

import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.config.InvalidConfigurationException;
import dev.postern.server.demo.SampleDatabase;
import dev.postern.server.secrets.GeneratedCredential;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The Postern of a demo: configured by a file like any other, which the user may look at.
 *
 * @param server the running server
 * @param password the agent's
 * @param configuration the file
 * @param auditDirectory where the audit trail is
 */
record DemoPostern(RunningServer server, String password, Path configuration, Path auditDirectory)
        implements AutoCloseable {

    /** The agent's name. */
    static final String AGENT = "demo-agent";

    private static final Duration DRAIN = Duration.ofSeconds(2);

    /** How long the agent's credential is good for. */
    private static final Duration LIFETIME = Duration.ofDays(30);

    /** Writes the configuration and starts Postern by it. */
    static DemoPostern start(
            ServerStarter starter,
            Path directory,
            InetSocketAddress standby,
            SampleDatabase shop,
            int port,
            int adminPort)
            throws IOException, UnusableConfigurationException {
        GeneratedCredential credential = GeneratedCredential.create();
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Path passwordFile =
                Files.createFile(
                        directory.resolve("upstream.password"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(passwordFile, shop.readerPassword());
        Path file = directory.resolve("postern.yaml");
        Files.writeString(
                file,
                """
                listen:
                  host: 127.0.0.1
                  port: %d
                admin:
                  host: 127.0.0.1
                  port: %d
                upstreams:
                  shop:
                    hosts: ["%s:%d"]
                    user: %s
                    password: "${file:upstream.password}"
                    tls: {mode: disable}
                policies:
                  reading:
                    upstream: shop
                    databases: [%s]
                    limits: {statement_timeout: 30s}
                agents:
                  %s:
                    policy: reading
                    owner: you@example.com
                    created: "%s"
                    expires: "%s"
                    verifier: "%s"
                gate: {time_limit: 2s}
                audit:
                  file: {directory: audit}
                """
                        .formatted(
                                port,
                                adminPort,
                                standby.getHostString(),
                                standby.getPort(),
                                SampleDatabase.READER,
                                SampleDatabase.NAME,
                                AGENT,
                                now,
                                now.plus(LIFETIME),
                                credential.verifier().encode()));
        try {
            return new DemoPostern(
                    starter.start(ConfigurationLoader.load(file)),
                    new String(credential.password().chars()),
                    file,
                    directory.resolve("audit"));
        } catch (InvalidConfigurationException e) {
            throw new IOException(e);
        }
    }

    int port() {
        return server.address().getPort();
    }

    /** Returns the address of the metrics. */
    String metricsUrl() {
        return "http://127.0.0.1:" + server.adminAddress().getPort() + "/metrics";
    }

    @Override
    public void close() {
        server.drain(DRAIN);
    }

    @Override
    public String toString() {
        return "DemoPostern[" + configuration + "]";
    }
}
