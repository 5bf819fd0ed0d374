package dev.postern.server.upstream;

import dev.postern.server.tls.UpstreamTls;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What to connect to, and as whom.
 *
 * @param hosts tried in this order
 * @param user the role
 * @param database the database
 * @param password called on the event loop for each authentication, must not block; the array is
 *     wiped after use
 * @param tls how the connection is protected
 * @param connectTimeout for each host: name resolution, connecting, TLS, authentication, up to
 *     ReadyForQuery
 * @param settings run-time parameters for the startup packet, in this order; the caller's pinned
 *     ones among them
 * @param allowPrimary whether a server that is not in recovery may be used
 */
public record UpstreamTarget(
        List<UpstreamHost> hosts,
        String user,
        String database,
        Supplier<char[]> password,
        UpstreamTls tls,
        Duration connectTimeout,
        Map<String, String> settings,
        boolean allowPrimary) {

    public UpstreamTarget {
        hosts = List.copyOf(hosts);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
