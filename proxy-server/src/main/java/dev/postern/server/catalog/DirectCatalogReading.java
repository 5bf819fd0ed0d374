package dev.postern.server.catalog;

import dev.postern.catalog.Catalog;
import dev.postern.server.upstream.JdbcConnections;
import dev.postern.server.upstream.ProbeTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a database holds once, now, from the first host of its upstream that answers. For
 * commands: a server keeps catalogs by {@link CatalogService}.
 */
public final class DirectCatalogReading {

    /** PostgreSQL ends a question that takes too long before the connection is given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CatalogReader reader;
    private final JdbcConnections.Options options;

    /**
     * @param connectTimeout for each host
     */
    public DirectCatalogReading(CatalogLimits limits, Duration connectTimeout) {
        reader = new CatalogReader(limits);
        options =
                new JdbcConnections.Options(
                        UpstreamCatalogSource.APPLICATION_NAME,
                        connectTimeout,
                        limits.timeLimit().plus(PATIENCE),
                        true);
    }

    /**
     * What was read.
     *
     * @param host {@code host:port} that answered
     */
    public record Answer(Catalog catalog, String host) {}

    /** No host answered. The message says for each why not, without secrets. */
    public static final class NoAnswerException extends Exception {

        NoAnswerException(String message) {
            super(message);
        }
    }

    /** Asks one host after the other. Blocks. */
    public Answer read(ProbeTarget target, String database) throws NoAnswerException {
        List<String> reasons = new ArrayList<>();
        for (String host : target.hosts()) {
            try (Connection connection = JdbcConnections.open(target, host, database, options)) {
                return new Answer(reader.read(connection), host);
            } catch (SQLException e) {
                reasons.add(host + ": " + JdbcConnections.words(e));
            } catch (CatalogTooLargeException e) {
                reasons.add(host + ": " + e.getMessage());
            }
        }
        throw new NoAnswerException(String.join("; ", reasons));
    }
}
