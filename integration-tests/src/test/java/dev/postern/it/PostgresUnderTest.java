package dev.postern.it;

import java.io.IOException;
import java.sql.SQLException;

/** A PostgreSQL with the sample database, whoever runs it. */
interface PostgresUnderTest extends AutoCloseable {

    /** Its name in test reports, such as {@code PostgreSQL 15 (installed)}. */
    String label();

    int majorVersion();

    /** Whether {@link #serving} is a hot standby of {@link #primary}. */
    boolean hasStandby();

    /** The superuser on the primary, in the sample database. */
    Endpoint primary();

    /**
     * The role that may only read, in the sample database of the server that Postern stands before.
     */
    Endpoint serving();

    /** The log of that server. */
    ServerLog log();

    /** Returns when the server that Postern stands before has begun a statement. */
    void awaitStatement(String text) throws SQLException;

    /** Waits until the standby, if there is one, has all that the primary has. */
    void awaitReplay() throws IOException, SQLException;

    @Override
    void close() throws IOException;
}
