package dev.postern.server.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Access to a server as its superuser. */
@FunctionalInterface
public interface Superuser {

    /** Opens a connection. */
    Connection connect(String database) throws SQLException;

    /** Runs statements, as one text and, if there are several, one transaction. */
    default void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
