package dev.postern.server.enforce;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlState;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How fresh what a session reads is, and has to be.
 *
 * @param lag how far the session's host is behind
 * @param maxLag how far it may be for a statement that reads; {@code null}: as far as it likes
 */
public record Freshness(HostLag lag, @Nullable Duration maxLag) {

    /**
     * What reads nothing that replay could be late with; without these no transaction would end.
     */
    private static final Set<String> READ_NOTHING =
            Set.of(
                    "BEGIN",
                    "START TRANSACTION",
                    "COMMIT",
                    "ROLLBACK",
                    "SAVEPOINT",
                    "RELEASE",
                    "SET",
                    "RESET",
                    "SHOW",
                    "PREPARE",
                    "DEALLOCATE",
                    "DEALLOCATE ALL",
                    "CLOSE CURSOR",
                    "DISCARD ALL",
                    "DISCARD PLANS",
                    "DISCARD SEQUENCES",
                    "DISCARD TEMP",
                    "UNLISTEN",
                    "EMPTY");

    /** Nothing is known of the host, and nothing demanded. */
    public static final Freshness ANY = new Freshness(HostLag.Reading.Unknown::new, null);

    /**
     * Returns the refusal of a statement that would read what is too old, {@code null} if it may
     * run.
     */
    Verdict.@Nullable Deny objection(Verdict verdict, String policy) {
        if (maxLag == null
                || !(verdict instanceof Verdict.Allow allow)
                || READ_NOTHING.contains(allow.summary().command())) {
            return null;
        }
        lag.leaveIfUnfit();
        return switch (lag.current()) {
            case HostLag.Reading.Primary primary -> null;
            case HostLag.Reading.None none -> null;
            case HostLag.Reading.Behind(Duration behind) ->
                    behind.compareTo(maxLag) <= 0
                            ? null
                            : deny(
                                    allow,
                                    "the standby's replay is " + seconds(behind) + " behind",
                                    policy,
                                    maxLag);
            case HostLag.Reading.Unknown unknown ->
                    deny(
                            allow,
                            "how far the standby's replay is behind cannot be told",
                            policy,
                            maxLag);
        };
    }

    /** Returns how far the host is behind, in nanoseconds; negative for a primary or if unknown. */
    long lagNanos() {
        return lag.current() instanceof HostLag.Reading.Behind(Duration behind)
                ? behind.toNanos()
                : -1;
    }

    private static Verdict.Deny deny(
            Verdict.Allow allow, String what, String policy, Duration maxLag) {
        return new Verdict.Deny(
                allow.summary(),
                new Denial(
                        Rule.STALE_HOST,
                        SqlState.CANNOT_CONNECT_NOW,
                        "statement refused: "
                                + what
                                + ", and policy \""
                                + policy
                                + "\" allows "
                                + seconds(maxLag)
                                + " (max_lag)",
                        0,
                        null,
                        "Connect again: another standby may be fresh enough. If none is, wait until replay has caught up."));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
