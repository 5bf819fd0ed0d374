package dev.postern.server.upstream;

import dev.postern.server.tls.UpstreamTls;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to connect to, and as whom.
 *
 * @param hosts any of them
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
 * @param maxLag how far its replay may be behind, beside what its upstream demands; {@code null}:
 *     no further limit
 */
public record UpstreamTarget(
        List<UpstreamHost> hosts,
        String user,
        String database,
        HostPassword password,
        UpstreamTls tls,
        Duration connectTimeout,
        Map<String, String> settings,
        boolean allowPrimary,
        @Nullable Duration maxLag) {

    /**
     * What a startup packet may hold that is not a run-time parameter: as a setting it would change
     * who is who.
     */
    private static final Set<String> NOT_SETTINGS =
            Set.of("user", "database", "options", "replication");

    /** Makes one without a limit of lag beside what its upstream demands. */
    public UpstreamTarget(
            List<UpstreamHost> hosts,
            String user,
            String database,
            HostPassword password,
            UpstreamTls tls,
            Duration connectTimeout,
            Map<String, String> settings,
            boolean allowPrimary) {
        this(hosts, user, database, password, tls, connectTimeout, settings, allowPrimary, null);
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one of them is no run-time parameter
     */
    public UpstreamTarget {
        if (settings.keySet().stream()
                .anyMatch(name -> NOT_SETTINGS.contains(name.toLowerCase(Locale.ROOT)))) {
            throw new IllegalArgumentException(
                    "user, database, options and replication are not settings");
        }
        hosts = List.copyOf(hosts);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
