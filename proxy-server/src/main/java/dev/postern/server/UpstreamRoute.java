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
 * @param allowWritableRole whether a role that could write may be used
 * @param pools its connections
 * @param connections how many there are to each host
 * @param known what is known of the hosts
 */
record UpstreamRoute(
        String name,
        List<UpstreamHost> hosts,
        UpstreamTls tls,
        Duration connectTimeout,
        boolean allowPrimary,
        boolean allowWritableRole,
        UpstreamPools pools,
        HostConnections connections,
        UpstreamHosts known) {

    UpstreamRoute {
        hosts = List.copyOf(hosts);
    }
}
