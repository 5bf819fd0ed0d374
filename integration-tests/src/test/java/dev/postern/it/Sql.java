package dev.postern.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Short ways to ask a server something. */
final class Sql {

    private Sql() {}

    /** Runs statements, each for itself. */
    static void execute(Endpoint endpoint, String... statements) throws SQLException {
        try (Connection connection = endpoint.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Returns the first column of the first row. */
    static String one(Endpoint endpoint, String sql) throws SQLException {
        try (Connection connection = endpoint.connect()) {
            return one(connection, sql);
        }
    }

    /** Returns the first column of the first row. */
    static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
