package dev.postern.server.enforce;

/** What a session asks of those who made it. */
public interface SessionHooks {

    /**
     * Asks the upstream to cancel what this session runs, over a connection of its own.
     *
     * @param whenSent called on the session's event loop once the request has been dealt with or
     *     has failed
     */
    void cancelUpstream(Runnable whenSent);

    /** The session is over; called once. */
    void onClosed();
}
