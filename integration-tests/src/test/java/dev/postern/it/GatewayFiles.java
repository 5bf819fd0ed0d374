package dev.postern.it;

import dev.postern.server.secrets.GeneratedCredential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a Postern before one server: its configuration, and the password it logs in with.
 *
 * @param directory the folder of them, and of the audit trail
 * @param password the agent's
 */
record GatewayFiles(Path directory, String password) {

    static final String AGENT = "it-agent";

    /** Another, of the same password, of whom nobody knows the owner. */
    static final String OTHER = "it-other";

    /** Machines that run tests are busy with other things as well. */
    private static final String PATIENT_GATE = "gate: {time_limit: 5s}\n";

    /**
     * Writes them to a new folder. Both ports are any free ones.
     *
     * @param role whom Postern logs in as, and to which database
     * @param sections more sections of the configuration
     */
    static GatewayFiles write(PostgresUnderTest upstream, Endpoint role, String sections)
            throws IOException {
        return writeAll(upstream, role, PATIENT_GATE + sections);
    }

    /**
     * Writes them to a new folder, for connections that are kept otherwise.
     *
     * @param pool the section {@code pool} of the upstream
     */
    static GatewayFiles writePooled(PostgresUnderTest upstream, Endpoint role, String pool)
            throws IOException {
        return writeAll(upstream, role, pool, PATIENT_GATE);
    }

    /**
     * Writes them to a new folder, with the gate's own limits unless a section changes them.
     *
     * @param sections more sections of the configuration
     */
    static GatewayFiles writeAll(PostgresUnderTest upstream, Endpoint role, String sections)
            throws IOException {
        return writeAll(upstream, role, "{}", sections);
    }

    private static GatewayFiles writeAll(
            PostgresUnderTest upstream, Endpoint role, String pool, String sections)
            throws IOException {
        Path directory = Files.createTempDirectory("postern-it-");
        GeneratedCredential credential = GeneratedCredential.create();
        Files.writeString(directory.resolve("upstream.password"), role.password());
        boolean isReader = role.user().equals(upstream.serving().user());
        Files.writeString(
                directory.resolve("postern.yaml"),
                """
                listen: {host: 127.0.0.1, port: 0}
                admin: {host: 127.0.0.1, port: 0}
                upstreams:
                  it:
                    hosts: ["%s:%d"]
                    user: %s
                    password: "${file:upstream.password}"
                    tls: {mode: disable}
                    allow_primary: %s
                    allow_writable_role: %s
                    pool: %s
                policies:
                  it: {upstream: it, databases: [%s], limits: {statement_timeout: 60s, max_sessions: 1000}}
                agents:
                  %s: {policy: it, owner: dana@example.com, verifier: "%s"}
                  %s: {policy: it, verifier: "%s"}
                audit: {file: {directory: audit}}
                """
                                .formatted(
                                        role.host(),
                                        role.port(),
                                        role.user(),
                                        !upstream.hasStandby(),
                                        !isReader,
                                        pool,
                                        role.database(),
                                        AGENT,
                                        credential.verifier().encode(),
                                        OTHER,
                                        credential.verifier().encode())
                        + sections);
        return new GatewayFiles(directory, new String(credential.password().chars()));
    }

    Path configuration() {
        return directory.resolve("postern.yaml");
    }

    Path auditDirectory() {
        return directory.resolve("audit");
    }

    /** Returns what the agent connects to, once the port is known. */
    Endpoint agent(int port, String database) {
        return new Endpoint("127.0.0.1", port, database, AGENT, password);
    }
}
