package dev.postern.server.upstream;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One configured upstream, as the probe needs it.
 *
 * @param name its name in the configuration
 * @param hosts {@code host:port} each, IPv6 addresses in brackets
 * @param user the role that sessions use
 * @param password called for each new connection, on the probe's thread; the array is wiped
 * @param databases what sessions may connect to, at least one: privileges are looked up in each
 * @param way how to reach the hosts
 * @param requirements what a host must hold to
 */
public record ProbeTarget(
        String name,
        List<String> hosts,
        String user,
        Supplier<char[]> password,
        List<String> databases,
        UpstreamWay way,
        Requirements requirements) {

    /**
     * What a host must hold to before sessions are opened to it.
     *
     * @param allowPrimary it need not be a standby
     * @param allowWritableRole the role may be able to write
     * @param maxLag how far its replay may be behind; {@code null}: as far as it likes
     */
    public record Requirements(
            boolean allowPrimary, boolean allowWritableRole, @Nullable Duration maxLag) {}

    public ProbeTarget {
        hosts = List.copyOf(hosts);
        databases = List.copyOf(databases);
        if (databases.isEmpty()) {
            throw new IllegalArgumentException("a probe needs a database to connect to");
        }
    }
}
