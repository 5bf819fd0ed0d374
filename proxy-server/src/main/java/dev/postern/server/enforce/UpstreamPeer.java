package dev.postern.server.enforce;

import dev.postern.policy.SessionEffects;

/** The upstream's side of a session. All calls on the session's event loop. */
public interface UpstreamPeer extends Peer {

    /**
     * The next Query or Execute that is written does this to the session.
     *
     * @param effects not empty
     */
    void announce(SessionEffects effects);
}
