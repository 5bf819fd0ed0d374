package dev.postern.server.upstream;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at one host over a connection that it keeps open, and at what the role may do there over
 * connections of their own. {@link #look} is for one thread, {@link #refreshRole} for another, all
 * else for any.
 */
final class HostProbe {

    static final String APPLICATION_NAME = "postern/probe";

    /** A role's privileges change seldom, and looking them up reads the whole catalog. */
    static final Duration ROLE_INTERVAL = Duration.ofSeconds(60);

    /** That may take long in a database of many relations, and must not look like a dead host. */
    private static final Duration ROLE_TIMEOUT = Duration.ofSeconds(30);

    /** What was found so long ago says nothing any more. */
    private static final Duration ROLE_MAX_AGE = ROLE_INTERVAL.multipliedBy(3).plus(ROLE_TIMEOUT);

    private final ProbeTarget target;
    private final String host;
    private final LongSupplier nanoTime;
    private final Duration maxAge;
    private final LagEstimate lag = new LagEstimate();

    private volatile Look last;
    private final AtomicReference<@Nullable Role> role = new AtomicReference<>();
    private volatile boolean roleDue;
    private @Nullable Connection connection;
    private List<Objection.Kind> reported = List.of(Objection.Kind.NOT_PROBED);

    private sealed interface Answer {

        record None() implements Answer {}

        record Failure(String reason, Objection.Cause cause) implements Answer {}

        record Seen(boolean standby, HostPosture.Lag lag, HostPosture.Version version)
                implements Answer {}
    }

    private record Look(Answer answer, long at) {}

    private record Role(List<String> abilities, long at) {}

    HostProbe(ProbeTarget target, String host, LongSupplier nanoTime) {
        this.target = target;
        this.host = host;
        this.nanoTime = nanoTime;
        ProbeTarget.Timing timing = target.timing();
        this.maxAge = timing.interval().plus(timing.timeout().multipliedBy(2));
        this.last = new Look(new Answer.None(), nanoTime.getAsLong());
    }

    String host() {
        return host;
    }

    ProbeTarget target() {
        return target;
    }

    /**
     * Returns what the last look showed. One that is older than the interval and two timeouts
     * counts as no answer.
     */
    HostPosture posture() {
        Look look = last;
        Role known = role.get();
        long now = nanoTime.getAsLong();
        if (now - look.at() > maxAge.toNanos() && !(look.answer() instanceof Answer.None)) {
            return silent(now - look.at(), "no answer", Objection.Cause.NO_CONNECTION);
        }
        return switch (look.answer()) {
            case Answer.None none -> new HostPosture.Unknown();
            case Answer.Failure(String reason, Objection.Cause cause) ->
                    new HostPosture.Unreachable(reason, cause);
            case Answer.Seen(
                            boolean standby,
                            HostPosture.Lag seenLag,
                            HostPosture.Version version) ->
                    known == null
                            ? new HostPosture.Unknown()
                            : now - known.at() > ROLE_MAX_AGE.toNanos()
                                    ? silent(
                                            now - known.at(),
                                            "what the role may do is not told",
                                            Objection.Cause.REFUSED)
                                    : new HostPosture.Reachable(
                                            standby, seenLag, version, known.abilities());
        };
    }

    private static HostPosture silent(long nanos, String what, Objection.Cause cause) {
        return new HostPosture.Unreachable(
                what + " for " + Duration.ofNanos(nanos).toSeconds() + " s", cause);
    }

    /**
     * Looks at the host; takes no longer than the timeout if the role's privileges are known.
     * Otherwise they are looked up, too.
     */
    void look() {
        Answer answer;
        try {
            answer = ask();
            if (role.get() == null) {
                role.set(lookUpRole());
            }
        } catch (SQLException e) {
            close();
            // Whatever answers next at this address may be another server.
            role.set(null);
            answer =
                    new Answer.Failure(
                            JdbcConnections.words(e),
                            JdbcConnections.isServersWord(e)
                                    ? Objection.Cause.REFUSED
                                    : Objection.Cause.NO_CONNECTION);
        }
        last = new Look(answer, nanoTime.getAsLong());
    }

    /** A connection that was idle may have been cut by anybody: it says nothing of the host. */
    private Answer ask() throws SQLException {
        Duration timeout = target.timing().timeout();
        long start = nanoTime.getAsLong();
        Connection kept = connection;
        if (kept != null) {
            try {
                return answer(PostureQueries.recovery(kept));
            } catch (SQLException e) {
                close();
                Duration left = timeout.minusNanos(nanoTime.getAsLong() - start);
                if (!left.isPositive()) {
                    throw e;
                }
                roleDue = true;
                timeout = left;
            }
        }
        Connection opened = connect(target.databases().getFirst(), timeout, timeout);
        connection = opened;
        Answer answer = answer(PostureQueries.recovery(opened));
        JdbcConnections.limitAnswers(opened, target.timing().timeout());
        return answer;
    }

    private Answer answer(PostureQueries.Recovery seen) {
        if (!seen.standby()) {
            return new Answer.Seen(false, HostPosture.Lag.NONE, seen.version());
        }
        double seconds =
                lag.look(
                        nanoTime.getAsLong(),
                        seen.receiving(),
                        seen.caughtUp(),
                        seen.transactionAge());
        return new Answer.Seen(
                true, new HostPosture.Lag(seconds, seen.bytesBehind()), seen.version());
    }

    /**
     * Looks the role's privileges up again if it is time, or if the connection to the host was
     * lost. If that fails, what was known stays for some minutes.
     *
     * @throws SQLException if it fails
     */
    void refreshRole() throws SQLException {
        Role known = role.get();
        if (known == null || !(last.answer() instanceof Answer.Seen)) {
            return;
        }
        if (roleDue || nanoTime.getAsLong() - known.at() > ROLE_INTERVAL.toNanos()) {
            Role found = lookUpRole();
            roleDue = false;
            // Unless the host was lost meanwhile: it may be another one now.
            role.compareAndSet(known, found);
        }
    }

    private Role lookUpRole() throws SQLException {
        long now = nanoTime.getAsLong();
        List<String> found = new ArrayList<>();
        for (String database : target.databases()) {
            try (Connection other = connect(database, target.timing().timeout(), ROLE_TIMEOUT)) {
                for (String ability : PostureQueries.writeAbilities(other)) {
                    if (!found.contains(ability)) {
                        found.add(ability);
                    }
                }
            }
        }
        return new Role(found, now);
    }

    private Connection connect(String database, Duration connectTimeout, Duration answerTimeout)
            throws SQLException {
        return JdbcConnections.open(
                target,
                host,
                database,
                new JdbcConnections.Options(
                        APPLICATION_NAME, connectTimeout, answerTimeout, false));
    }

    /** Remembers what was reported; tells whether it differs from what was before. */
    synchronized boolean isNews(List<Objection.Kind> kinds) {
        boolean news = !kinds.equals(reported);
        reported = kinds;
        return news;
    }

    /** Closes the connection; the next look opens another. */
    void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                // It is given up either way, and its socket has a timeout.
                roleDue = true;
            }
        }
    }
}
