package dev.postern.server.upstream;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one host over a connection that it keeps open. For one thread, but {@link #posture} and
 * {@link #close} are for any.
 */
final class HostProbe {

    static final String APPLICATION_NAME = "postern/probe";

    /** A role's privileges change seldom, and looking them up reads the whole catalog. */
    private static final long ROLE_INTERVAL_NANOS = Duration.ofSeconds(60).toNanos();

    private final ProbeTarget target;
    private final String host;
    private final Duration timeout;
    private final LongSupplier nanoTime;

    private volatile Snapshot snapshot;
    private @Nullable Connection connection;
    private @Nullable List<String> abilities;
    private long abilitiesAt;

    private record Snapshot(HostPosture posture, long at) {}

    HostProbe(ProbeTarget target, String host, Duration timeout, LongSupplier nanoTime) {
        this.target = target;
        this.host = host;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
        this.snapshot = new Snapshot(new HostPosture.Unknown(), nanoTime.getAsLong());
    }

    String host() {
        return host;
    }

    ProbeTarget target() {
        return target;
    }

    /**
     * Returns what the last look showed; a look that is older than {@code maxAge} counts as no
     * answer.
     */
    HostPosture posture(Duration maxAge) {
        Snapshot last = snapshot;
        long age = nanoTime.getAsLong() - last.at();
        return age > maxAge.toNanos()
                ? new HostPosture.Unreachable(
                        "no answer for " + Duration.ofNanos(age).toSeconds() + " s")
                : last.posture();
    }

    /** Looks at the host; takes as long as the timeouts allow. */
    void look() {
        HostPosture posture;
        try {
            posture = ask();
        } catch (SQLException e) {
            close();
            posture = new HostPosture.Unreachable(JdbcConnections.words(e));
        }
        snapshot = new Snapshot(posture, nanoTime.getAsLong());
    }

    private HostPosture ask() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = connect(target.databases().getFirst());
            connection = open;
            abilities = null;
        }
        PostureQueries.Recovery recovery = PostureQueries.recovery(open);
        return new HostPosture.Reachable(
                recovery.standby(),
                recovery.lagSeconds(),
                recovery.serverVersion(),
                abilities(open));
    }

    private List<String> abilities(Connection open) throws SQLException {
        List<String> known = abilities;
        long now = nanoTime.getAsLong();
        if (known != null && now - abilitiesAt < ROLE_INTERVAL_NANOS) {
            return known;
        }
        List<String> found = new ArrayList<>(PostureQueries.writeAbilities(open));
        for (String database : target.databases().subList(1, target.databases().size())) {
            try (Connection other = connect(database)) {
                for (String ability : PostureQueries.writeAbilities(other)) {
                    if (!found.contains(ability)) {
                        found.add(ability);
                    }
                }
            }
        }
        abilities = found;
        abilitiesAt = now;
        return found;
    }

    private Connection connect(String database) throws SQLException {
        return JdbcConnections.open(
                target,
                host,
                database,
                new JdbcConnections.Options(APPLICATION_NAME, timeout, timeout, false));
    }

    /** Closes the connection; the next look opens another. */
    void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // It is given up either way; what made it unusable is what the posture tells.
                abilities = null;
            }
        }
    }
}
