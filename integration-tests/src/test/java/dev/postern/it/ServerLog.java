package dev.postern.it;

import java.io.IOException;

/**
 * A server's log, written with {@code log_statement=all} and every Parse: what is not in it did not
 * reach the server.
 */
interface ServerLog {

    /** Returns a place in the log: its end as of now. */
    long end() throws IOException;

    /**
     * Returns what was written since, with the tab that the server puts before each line of a
     * longer text taken out.
     */
    String since(long place) throws IOException;
}
