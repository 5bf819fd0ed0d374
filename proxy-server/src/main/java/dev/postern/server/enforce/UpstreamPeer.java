package dev.postern.server.enforce;

import dev.postern.policy.SessionEffects;

/** The upstream's side of a session. All calls on the session's event loop. */
public interface UpstreamPeer extends Peer {

    /**
     * Leaves the connection in use, for another when the session asks for something.
     *
     * @return false if the session has something on it that would be lost, and then nothing happens
     */
    boolean leave();

    /**
     * The next Query or Execute that is written does this to the session.
     *
     * @param effects not empty
     */
    void announce(SessionEffects effects);
}
