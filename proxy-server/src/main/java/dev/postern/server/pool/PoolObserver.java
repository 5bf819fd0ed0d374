package dev.postern.server.pool;

import dev.postern.server.upstream.UpstreamHost;

/** Hears what happens in pools, on their event loops. */
public interface PoolObserver {

    /**
     * A connection to a host is one more, or one less, of those in use or of those that nobody
     * uses.
     */
    void connections(UpstreamHost host, boolean inUse, int change);

    /** So many more sessions, or fewer, wait for a connection. */
    void waiting(int change);

    /** A session has got a connection after waiting so long. */
    void granted(long waitedNanos);

    /** A session has waited in vain. */
    void timedOut();

    /** So many more transactions, or fewer, may be on their connections while others wait. */
    void limit(int change);

    /**
     * A connection was not good enough for another session.
     *
     * @param why from a closed set
     */
    void discarded(Discarded why);

    /** A session keeps its connection between transactions, or no longer. */
    void pinned(Pin why, boolean begins);

    /** Why a connection is not used again. */
    enum Discarded {
        /** It was not idle when its session ended. */
        BUSY,
        /** It could not be made as good as new. */
        RESET_FAILED,
        /** The next session's settings could not be made. */
        SETTINGS_FAILED,
        /** Its host does not serve any more. */
        HOST,
        /**
         * It was opened by what is no longer configured, a certificate that was replaced for one.
         */
        OUTDATED,
        /** Another pool needs the room. */
        ROOM,
        /** Nobody has used it for long. */
        IDLE
    }
}
