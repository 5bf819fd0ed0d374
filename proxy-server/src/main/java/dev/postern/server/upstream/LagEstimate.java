package dev.postern.server.upstream;

import java.time.Duration;

/**
 * How far a standby's replay is behind, from one look to the next. The age of the last replayed
 * transaction alone would call a standby late whose primary has just begun to write after an idle
 * hour; but whatever a caught-up standby has not replayed now, it has received since. Used by one
 * thread.
 */
final class LagEstimate {

    private boolean wasCaughtUp;
    private long caughtUpAt;

    /**
     * Takes what a look at a standby has shown.
     *
     * @param now of the clock that all looks use, nanoseconds
     * @param receiving whether a WAL receiver runs
     * @param caughtUp whether everything received is replayed
     * @param transactionAge seconds since the last replayed transaction was committed; NaN if there
     *     was none
     * @return seconds; NaN if it cannot be told
     */
    double look(long now, boolean receiving, boolean caughtUp, double transactionAge) {
        if (!receiving) {
            // What the primary did since the connection to it was lost is not known.
            wasCaughtUp = false;
            return transactionAge;
        }
        if (caughtUp) {
            wasCaughtUp = true;
            caughtUpAt = now;
            return 0;
        }
        if (!wasCaughtUp) {
            return transactionAge;
        }
        double sinceCaughtUp = Duration.ofNanos(now - caughtUpAt).toMillis() / 1000.0;
        return Double.isNaN(transactionAge)
                ? sinceCaughtUp
                : Math.min(transactionAge, sinceCaughtUp);
    }
}
