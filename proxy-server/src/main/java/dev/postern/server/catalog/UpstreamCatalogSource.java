package dev.postern.server.catalog;

import dev.postern.server.upstream.JdbcConnections;
import dev.postern.server.upstream.ProbeTarget;
import dev.postern.server.upstream.UpstreamProbe;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from the first host of an upstream to which sessions may be opened, over a connection of
 * its own for each look: a session would not notice that its role's settings changed.
 */
final class UpstreamCatalogSource implements CatalogSource {

    private static final Logger LOG = LoggerFactory.getLogger(UpstreamCatalogSource.class);

    static final String APPLICATION_NAME = "postern/catalog";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FIRST_LOOKS = Duration.ofSeconds(10);

    /** PostgreSQL ends a question that takes too long before the connection is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Map<String, ProbeTarget> targets;
    private final UpstreamProbe probe;
    private final CatalogReader reader;
    private final JdbcConnections.Options options;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    UpstreamCatalogSource(List<ProbeTarget> targets, UpstreamProbe probe, CatalogLimits limits) {
        this.targets =
                targets.stream().collect(Collectors.toMap(ProbeTarget::name, Function.identity()));
        this.probe = probe;
        reader = new CatalogReader(limits);
        options =
                new JdbcConnections.Options(
                        APPLICATION_NAME, CONNECT_TIMEOUT, limits.timeLimit().plus(PATIENCE), true);
    }

    @Override
    public CatalogReader.Look look(DatabaseKey database, @Nullable String known)
            throws SQLException, CatalogTooLargeException, NoHostException {
        probe.awaitFirstLooks(FIRST_LOOKS);
        ProbeTarget target = targets.get(database.upstream());
        List<String> hosts = probe.eligibleHosts(database.upstream());
        if (target == null || hosts.isEmpty()) {
            throw new NoHostException();
        }
        try (Connection connection =
                JdbcConnections.open(target, hosts.getFirst(), database.database(), options)) {
            open.add(connection);
            try {
                if (closed) {
                    throw new NoHostException();
                }
                return reader.look(connection, known);
            } finally {
                open.remove(connection);
            }
        }
    }

    @Override
    public boolean knows(String upstream) {
        return targets.containsKey(upstream);
    }

    @Override
    public void close() {
        closed = true;
        for (Connection connection : open) {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                // Its thread is a daemon, and its socket has a timeout.
                LOG.debug("connection not aborted error={}", e.getMessage());
            }
        }
    }
}
