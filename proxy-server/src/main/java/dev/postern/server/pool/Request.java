package dev.postern.server.pool;

import java.util.List;

/**
 * A session that wants a connection.
 *
 * @param state who it is for and which settings it has: a connection that has them already is
 *     preferred
 * @param demand which hosts will do
 * @param caps what its use counts against
 * @param fresh whether only a connection that nobody has used will do
 * @param sinceNanos when it began to wait
 */
record Request(
        SessionState state,
        UpstreamPools.Demand demand,
        List<Cap> caps,
        boolean fresh,
        Taker taker,
        long sinceNanos) {

    /** Whoever gets it. Called on the pool's event loop. */
    interface Taker {

        /** It has a connection, and has to give it back. */
        void onGranted(ServerConnection connection);

        /** There is none. */
        void onDenied(Throwable cause);
    }
}
