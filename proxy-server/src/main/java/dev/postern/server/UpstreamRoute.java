package dev.postern.server;

import dev.postern.server.pool.UpstreamPools;
import dev.postern.server.tls.UpstreamTls;
import dev.postern.server.upstream.UpstreamHost;
import java.time.Duration;
import java.util.List;

/**
 * The way to one configured upstream, shared by all sessions that use it.
 *
 * @param name its configured name
 * @param hosts its hosts
 * @param tls how connections are protected
 * @param connectTimeout for opening one
 * @param allowPrimary whether a server that is not in recovery may be used
 * @param pools its connections
 * @param connections how many there are to each host
 */
record UpstreamRoute(
        String name,
        List<UpstreamHost> hosts,
        UpstreamTls tls,
        Duration connectTimeout,
        boolean allowPrimary,
        UpstreamPools pools,
        HostConnections connections) {

    UpstreamRoute {
        hosts = List.copyOf(hosts);
    }
}
