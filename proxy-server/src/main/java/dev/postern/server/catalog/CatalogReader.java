package dev.postern.server.catalog;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.SearchPath;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a database holds, over a connection as the role that sessions use, in one transaction.
 * For PostgreSQL 14 and later. Safe for use by any thread, each with a connection of its own.
 */
public final class CatalogReader {

    /** What counts against {@link CatalogLimits#maxObjects}. */
    private static final Set<String> OBJECTS =
            Set.of("routines", "operators", "types", "casts", "relations", "columns");

    private final CatalogLimits limits;

    public CatalogReader(CatalogLimits limits) {
        this.limits = limits;
    }

    /**
     * What a look at a database showed.
     *
     * @param fingerprint of all that a snapshot is made of
     * @param catalog the snapshot; {@code null} if the fingerprint is the one that was known
     */
    public record Look(String fingerprint, @Nullable Catalog catalog) {}

    /** What PostgreSQL says of itself and of the session that reads. */
    private record Begun(Catalog.Source source, String searchPath) {}

    /**
     * Reads a snapshot.
     *
     * @param connection a session of its own in which nothing was set; its transaction is over
     *     afterwards
     */
    public Catalog read(Connection connection) throws SQLException, CatalogTooLargeException {
        Catalog catalog = look(connection, null).catalog();
        if (catalog == null) {
            throw new IllegalStateException("nothing was known");
        }
        return catalog;
    }

    /**
     * Reads a snapshot if anything differs from the one that is known, which costs far less than
     * reading it.
     *
     * @param known the fingerprint of the snapshot that is known, {@code null} if none is
     */
    public Look look(Connection connection, @Nullable String known)
            throws SQLException, CatalogTooLargeException {
        connection.setAutoCommit(false);
        connection.setReadOnly(true);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try {
            Begun begun = begin(connection);
            TreeMap<String, String> counts = new TreeMap<>();
            long objects = 0;
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(CatalogQueries.FINGERPRINT)) {
                while (rows.next()) {
                    counts.put(rows.getString(1), rows.getLong(2) + "/" + rows.getLong(3));
                    objects += OBJECTS.contains(rows.getString(1)) ? rows.getLong(2) : 0;
                }
            }
            String fingerprint = begun + " " + counts;
            if (fingerprint.equals(known)) {
                return new Look(fingerprint, null);
            }
            if (objects > limits.maxObjects()) {
                throw new CatalogTooLargeException(
                        "it holds "
                                + objects
                                + " routines, operators, types, casts, relations and columns, more than "
                                + limits.maxObjects()
                                + " (gate.catalog.max_objects)");
            }
            return new Look(fingerprint, snapshot(connection, begun));
        } finally {
            connection.rollback();
        }
    }

    private Begun begin(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            String searchPath;
            try (ResultSet row = statement.executeQuery(CatalogQueries.SEARCH_PATH)) {
                row.next();
                searchPath = row.getString(1);
            }
            statement.execute(CatalogQueries.SETTINGS + limits.timeLimit().toMillis());
            try (ResultSet row = statement.executeQuery(CatalogQueries.SOURCE)) {
                row.next();
                return new Begun(
                        new Catalog.Source(
                                row.getString(1), row.getString(2), row.getInt(3) / 10_000),
                        searchPath);
            }
        }
    }

    private Catalog snapshot(Connection connection, Begun begun)
            throws SQLException, CatalogTooLargeException {
        SearchPath path = SearchPath.parse(begun.searchPath(), begun.source().user());
        if (path == null) {
            throw new SQLException("search_path is not a list of names: " + begun.searchPath());
        }
        return new SnapshotReading(connection, limits, begun.source()).read(path);
    }
}
