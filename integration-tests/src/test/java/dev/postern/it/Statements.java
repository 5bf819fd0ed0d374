package dev.postern.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What runs on a server. */
final class Statements {

    private Statements() {}

    /** Returns when a statement has begun. */
    static void awaitBegun(Endpoint superuser, String text) throws SQLException {
        try (Connection connection = superuser.connect();
                PreparedStatement active =
                        connection.prepareStatement(
                                "SELECT count(*), pg_sleep(0.02) FROM pg_stat_activity WHERE state = 'active' AND query = ?")) {
            active.setString(1, text);
            boolean begun = false;
            while (!begun) {
                try (ResultSet answer = active.executeQuery()) {
                    begun = answer.next() && answer.getInt(1) > 0;
                }
            }
        }
    }
}
