package dev.postern.server.catalog;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Where snapshots come from. Blocks; for any thread. */
interface CatalogSource extends AutoCloseable {

    /**
     * Looks at a database.
     *
     * @param known the fingerprint of the snapshot that is known, {@code null} if none is
     */
    CatalogReader.Look look(DatabaseKey database, @Nullable String known)
            throws SQLException, CatalogTooLargeException, NoHostException;

    /** Tells whether there is an upstream of this name. */
    boolean knows(String upstream);

    /** Ends what is going on: looks that run fail. */
    @Override
    void close();
}
