package dev.postern.server;

import dev.postern.protocol.BackendKey;
import dev.postern.server.frontend.CancelKeys;
import dev.postern.server.frontend.CancelRouter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a CancelRequest to the session whose key it carries; one that fits none has no effect, and
 * nobody is told.
 */
final class CancelRouting implements CancelRouter {

    private static final Logger LOG = LoggerFactory.getLogger(CancelRouting.class);

    private final CancelKeys<ActiveSessions.Entry> keys;
    private final @Nullable Peers peers;

    /**
     * Makes it.
     *
     * @param peers where keys of others go, {@code null} if there are no others
     */
    CancelRouting(CancelKeys<ActiveSessions.Entry> keys, @Nullable Peers peers) {
        this.keys = keys;
        this.peers = peers;
    }

    @Override
    public void cancel(BackendKey key, String client, Runnable whenDone) {
        if (peers == null) {
            cancelHere(key, whenDone);
        } else if (CancelKeys.isPassedOn(key)) {
            cancelHere(CancelKeys.original(key), whenDone);
        } else if (peers.isOther(CancelKeys.instanceOf(key))) {
            passOn(peers, key, whenDone);
        } else {
            cancelHere(key, whenDone);
        }
    }

    private void cancelHere(BackendKey key, Runnable whenDone) {
        ActiveSessions.Entry entry = keys.find(key);
        if (entry == null) {
            whenDone.run();
        } else {
            entry.run(() -> entry.session().onCancelRequest(whenDone));
        }
    }

    private static void passOn(Peers peers, BackendKey key, Runnable whenDone) {
        peers.pass(CancelKeys.instanceOf(key), CancelKeys.passedOn(key))
                .addListener(result -> {
                    if (!result.isSuccess()) {
                        LOG.warn(
                                "cancel request not passed on peer={} error={}",
                                CancelKeys.instanceOf(key),
                                result.cause().getMessage());
                    }
                    whenDone.run();
                });
    }
}
