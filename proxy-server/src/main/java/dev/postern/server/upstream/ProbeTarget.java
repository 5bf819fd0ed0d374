package dev.postern.server.upstream;

import java.time.Duration;
import java.util.List;
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
 * @param timing how often to look, and how long to wait
 * @param requirements what a host must hold to
 */
public record ProbeTarget(
        String name,
        List<String> hosts,
        String user,
        HostPassword password,
        List<String> databases,
        UpstreamWay way,
        Timing timing,
        Requirements requirements) {

    /**
     * When hosts are looked at.
     *
     * @param interval from the end of a look to the next
     * @param timeout how long one look may take; then the host counts as not reachable
     */
    public record Timing(Duration interval, Duration timeout) {}

    /**
     * What a host must hold to before sessions are opened to it.
     *
     * @param allowPrimary it need not be a standby
     * @param allowWritableRole the role may be able to write
     * @param maxLag how far its replay may be behind; {@code null}: as far as it likes
     */
    public record Requirements(
            boolean allowPrimary, boolean allowWritableRole, @Nullable Duration maxLag) {

        /** Returns the same with a limit of lag that holds, too; {@code null}: no further one. */
        public Requirements within(@Nullable Duration alsoMaxLag) {
            return alsoMaxLag == null || (maxLag != null && maxLag.compareTo(alsoMaxLag) <= 0)
                    ? this
                    : new Requirements(allowPrimary, allowWritableRole, alsoMaxLag);
        }
    }

    public ProbeTarget {
        hosts = List.copyOf(hosts);
        databases = List.copyOf(databases);
        if (databases.isEmpty()) {
            throw new IllegalArgumentException("a probe needs a database to connect to");
        }
    }
}
