package dev.postern.server;

import dev.postern.protocol.BackendKey;
import dev.postern.server.tls.UpstreamTls;
import dev.postern.server.upstream.UpstreamCancel;
import dev.postern.server.upstream.UpstreamHost;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;

/**
 * The other instances behind the same address. A cancel request that a balancer has brought to the
 * wrong one goes to the one whose key it carries, once, as PostgreSQL's own CancelRequest.
 *
 * @param instance which this is, counted from 1
 * @param hosts all of them
 */
record Peers(
        int instance,
        List<UpstreamHost> hosts,
        UpstreamTls tls,
        Duration timeout,
        UpstreamCancel cancel,
        EventLoopGroup eventLoops) {

    /** Tells whether it is another one that there is. */
    boolean isOther(int which) {
        return which >= 1 && which <= hosts.size() && which != instance;
    }

    /** Passes a request on. */
    Future<Void> pass(int to, BackendKey key) {
        return cancel.cancel(eventLoops.next(), hosts.get(to - 1), key, tls, timeout);
    }
}
