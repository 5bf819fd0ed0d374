package dev.postern.server.demo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The database {@code shop}: customers, products, orders, a table of payment cards, a view, and a
 * function that looks like a read and writes. Beside it a role that may only read.
 *
 * @param primary the server it lives on
 * @param readerPassword the password of {@link #READER}
 */
public record SampleDatabase(Superuser primary, String readerPassword) {

    /** The database's name. */
    public static final String NAME = "shop";

    /** The role with SELECT and nothing else, and not on payment cards. */
    public static final String READER = "postern_reader";

    private static final String SCRIPT = "shop.sql";

    /** Makes the database and the role. */
    public static SampleDatabase create(Superuser primary) throws IOException, SQLException {
        SampleDatabase shop = new SampleDatabase(primary, RandomPassword.next());
        primary.execute("postgres", "CREATE DATABASE " + NAME);
        primary.execute(NAME, script());
        primary.execute(NAME, shop.grants());
        // Outside the transaction of the others, as VACUUM demands: plans and visibility as in a
        // database that has lived.
        primary.execute(NAME, "VACUUM ANALYZE");
        return shop;
    }

    /** Returns how many rows a table has on the primary. */
    public long count(String table) throws SQLException {
        try (Connection connection = primary.connect(NAME);
                Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "SELECT count(*) FROM "
                                        + statement.enquoteIdentifier(table, false))) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public String toString() {
        return "SampleDatabase[" + NAME + "]";
    }

    private String grants() {
        return """
        CREATE ROLE %2$s LOGIN PASSWORD '%3$s';
        REVOKE ALL ON DATABASE %1$s FROM PUBLIC;
        REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        GRANT CONNECT ON DATABASE %1$s TO %2$s;
        GRANT USAGE ON SCHEMA public TO %2$s;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO %2$s;
        REVOKE ALL ON payment_cards FROM %2$s;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO %2$s;
        """
                .formatted(NAME, READER, readerPassword);
    }

    private static String script() throws IOException {
        try (InputStream script = SampleDatabase.class.getResourceAsStream(SCRIPT)) {
            if (script == null) {
                throw new FileNotFoundException(SCRIPT);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
