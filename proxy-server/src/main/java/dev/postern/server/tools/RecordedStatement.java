package dev.postern.server.tools;

import dev.postern.catalog.CatalogView;
import dev.postern.protocol.SqlText;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A text as the trail has it, with what became of it each time it was sent. Filled while the trail
 * is read, then only looked at.
 *
 * @param <G> what statements are told apart by beside their text
 */
public final class RecordedStatement<G> {

    private final G group;
    private final String database;
    private final CatalogView view;
    private final String text;
    private final SortedSet<String> agents = new TreeSet<>();
    private long runs;
    private String lastSeen = "";
    private long maxRows = -1;
    private long maxBytes = -1;
    private double maxMillis = -1;
    private boolean failedAsWritten;
    private boolean ranOtherwise;

    RecordedStatement(G group, String database, CatalogView view, String text) {
        this.group = group;
        this.database = database;
        this.view = view;
        this.text = text;
    }

    void decided(String agent, String time) {
        runs++;
        agents.add(agent);
        lastSeen = time.compareTo(lastSeen) > 0 ? time : lastSeen;
    }

    void completed(long rows, long bytes, double millis, String sqlState) {
        // Class 42: PostgreSQL found no such thing, or would not let the role have it.
        failedAsWritten |= sqlState.startsWith("42");
        ranOtherwise |= !sqlState.startsWith("42");
        maxRows = Math.max(maxRows, rows);
        maxBytes = Math.max(maxBytes, bytes);
        maxMillis = Math.max(maxMillis, millis);
    }

    /** Returns what it was grouped by. */
    public G group() {
        return group;
    }

    /** Returns the database it was sent to. */
    public String database() {
        return database;
    }

    /** Returns how the session saw that database. */
    public CatalogView view() {
        return view;
    }

    /** Returns the text as recorded, after redaction. */
    public String text() {
        return text;
    }

    /** Returns the text to judge. */
    public SqlText sql() {
        return SqlText.owning(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns who sent it. */
    public SortedSet<String> agents() {
        return new TreeSet<>(agents);
    }

    /** Returns how often it was sent. */
    public long runs() {
        return runs;
    }

    /** Returns when it was last sent, as the trail writes times. */
    public String lastSeen() {
        return lastSeen;
    }

    /** Tells whether PostgreSQL itself refused it each time, so that it never read anything. */
    public boolean neverRan() {
        return failedAsWritten && !ranOtherwise;
    }

    /** Returns the most rows it returned, negative if it never ended. */
    public long maxRows() {
        return maxRows;
    }

    /** Returns the most bytes it returned, negative if it never ended. */
    public long maxBytes() {
        return maxBytes;
    }

    /** Returns the longest it took in milliseconds, negative if it never ended. */
    public double maxMillis() {
        return maxMillis;
    }
}
