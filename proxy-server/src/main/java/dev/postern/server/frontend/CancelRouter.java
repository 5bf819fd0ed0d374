package dev.postern.server.frontend;

import dev.postern.protocol.BackendKey;

/** Finds the session that a CancelRequest means and cancels what it does. */
@FunctionalInterface
public interface CancelRouter {

    /**
     * Passes a request on. Called on an event loop; does not block.
     *
     * @param key what the request carries, not yet compared with anything
     * @param client address and port the request comes from
     * @param whenDone to be run once, on any thread, when the request has had its effect or has
     *     none: it closes the connection, by which the client knows. Run late or never, the
     *     authentication timeout does the same.
     */
    void cancel(BackendKey key, String client, Runnable whenDone);
}
