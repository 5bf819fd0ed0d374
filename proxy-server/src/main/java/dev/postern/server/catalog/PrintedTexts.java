package dev.postern.server.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Has PostgreSQL print definitions and expressions, in batches.
 *
 * <p>Printing locks the relations that a text names until its transaction ends, and PostgreSQL has
 * room for some thousands of locks: each batch is a subtransaction that is rolled back, which gives
 * its locks up. One that PostgreSQL cannot print (there are views whose functions are gone) is
 * {@link #UNREADABLE}, and the others of its batch are printed without it.
 */
final class PrintedTexts {

    /** A text that PostgreSQL's grammar reads nowhere. */
    static final String UNREADABLE = "FROM WHERE";

    private static final int BATCH = 250;

    /** More than a few that cannot be printed are no longer damage, but something is wrong. */
    private static final int MAX_UNPRINTABLE = 100;

    /**
     * Classes of SQLSTATE that say nothing of the object that was asked for: connection, conflict,
     * resources, limits of the program, locks, shutdown and cancellation.
     */
    private static final Set<String> NOT_OF_THE_OBJECT =
            Set.of("08", "25", "40", "53", "54", "55", "57", "58");

    private final Connection connection;
    private final int maxLength;
    private final long maxText;
    private long text;
    private int unprintable;

    PrintedTexts(Connection connection, CatalogLimits limits) {
        this.connection = connection;
        maxLength = limits.maxDefinition();
        maxText = limits.maxText();
    }

    /** How many characters to ask for: one more than a text may have, so that longer ones show. */
    int askFor() {
        return maxLength + 1;
    }

    /**
     * Returns the texts of objects by their ids.
     *
     * @param query returns id and text for the ids of its second parameter; the first is {@link
     *     #askFor}
     */
    Map<Integer, String> of(String query, List<Integer> oids)
            throws SQLException, CatalogTooLargeException {
        Map<Integer, String> texts = HashMap.newHashMap(oids.size());
        for (int from = 0; from < oids.size(); from += BATCH) {
            print(query, oids.subList(from, Math.min(from + BATCH, oids.size())), texts);
        }
        return texts;
    }

    private void print(String query, List<Integer> oids, Map<Integer, String> texts)
            throws SQLException, CatalogTooLargeException {
        oids.forEach(oid -> texts.put(oid, UNREADABLE));
        Savepoint savepoint = connection.setSavepoint();
        try {
            ask(query, oids, texts);
        } catch (SQLException e) {
            if (isOfTheServer(e)) {
                throw e;
            }
            connection.rollback(savepoint);
            if (oids.size() == 1) {
                unprintable++;
                if (unprintable > MAX_UNPRINTABLE) {
                    throw e;
                }
                return;
            }
            int half = oids.size() / 2;
            print(query, oids.subList(0, half), texts);
            print(query, oids.subList(half, oids.size()), texts);
            return;
        }
        connection.rollback(savepoint);
        connection.releaseSavepoint(savepoint);
    }

    private void ask(String query, List<Integer> oids, Map<Integer, String> texts)
            throws SQLException, CatalogTooLargeException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setInt(1, askFor());
            statement.setString(2, ArrayText.of(oids));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.put((int) rows.getLong(1), admit(rows.getString(2)));
                }
            }
        }
    }

    /** Counts a text that was read, and puts one that is missing or too long aside. */
    String admit(@Nullable String printed) throws CatalogTooLargeException {
        if (printed == null || printed.length() > maxLength) {
            return UNREADABLE;
        }
        text += printed.length();
        if (text > maxText) {
            throw new CatalogTooLargeException(
                    "its functions and views are longer than "
                            + maxText
                            + " characters together (gate.catalog.max_text)");
        }
        return printed;
    }

    private static boolean isOfTheServer(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || state.length() < 2
                || NOT_OF_THE_OBJECT.contains(state.substring(0, 2));
    }
}
