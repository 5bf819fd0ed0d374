package dev.postern.server.enforce;

import dev.postern.protocol.ErrorResponse;

/** What a session's backend tells it. All calls on the session's event loop. */
public interface BackendEvents extends UpstreamEvents {

    /** The session cannot go on: nothing serves what was written. */
    void onRefused(ErrorResponse error);
}
