package dev.postern.server;

import dev.postern.protocol.BackendKey;
import dev.postern.server.frontend.CancelKeys;
import dev.postern.server.frontend.CancelRouter;

/**
 * Brings a CancelRequest to the session whose key it carries; one that fits none has no effect, and
 * nobody is told.
 */
final class CancelRouting implements CancelRouter {

    private final CancelKeys<ActiveSessions.Entry> keys;

    CancelRouting(CancelKeys<ActiveSessions.Entry> keys) {
        this.keys = keys;
    }

    @Override
    public void cancel(BackendKey key, String client, Runnable whenDone) {
        ActiveSessions.Entry entry = keys.find(key);
        if (entry == null) {
            whenDone.run();
        } else {
            entry.run(() -> entry.session().onCancelRequest(whenDone));
        }
    }
}
