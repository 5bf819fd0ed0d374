package dev.postern.server.upstream;

import dev.postern.server.upstream.ProbeTarget.Requirements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the last look at an upstream host showed. */
public sealed interface HostPosture {

    /** Nobody has looked yet. */
    record Unknown() implements HostPosture {}

    /**
     * The host did not answer, or not as it should.
     *
     * @param reason why, in words
     */
    record Unreachable(String reason) implements HostPosture {}

    /**
     * The host answers.
     *
     * @param standby whether it is in recovery
     * @param lagSeconds how far its replay is behind, zero on a primary; NaN if it cannot be told
     * @param serverVersion as the server says it, {@code 15.8}
     * @param writeAbilities what the role could do beyond reading, one phrase each; empty if it can
     *     only read
     */
    record Reachable(
            boolean standby, double lagSeconds, String serverVersion, List<String> writeAbilities)
            implements HostPosture {

        public Reachable {
            writeAbilities = List.copyOf(writeAbilities);
        }
    }

    /** Returns, in words, each requirement that does not hold; empty if sessions may be opened. */
    default List<String> objections(Requirements requirements) {
        return switch (this) {
            case Unknown unknown -> List.of("not probed yet");
            case Unreachable unreachable -> List.of("not reachable: " + unreachable.reason());
            case Reachable reachable -> objections(reachable, requirements);
        };
    }

    private static List<String> objections(Reachable host, Requirements requirements) {
        List<String> objections = new ArrayList<>();
        if (!host.standby() && !requirements.allowPrimary()) {
            objections.add("it is a primary, and allow_primary is not set");
        }
        if (!host.writeAbilities().isEmpty() && !requirements.allowWritableRole()) {
            objections.add(
                    "the role can write ("
                            + String.join("; ", host.writeAbilities())
                            + "), and allow_writable_role is not set");
        }
        Duration maxLag = requirements.maxLag();
        if (maxLag != null && host.standby()) {
            if (Double.isNaN(host.lagSeconds())) {
                objections.add("its replay lag cannot be told, and max_lag is set");
            } else if (host.lagSeconds() > maxLag.toMillis() / 1000.0) {
                objections.add(
                        String.format(
                                Locale.ROOT,
                                "its replay is %.1f s behind, max_lag is %.1f s",
                                host.lagSeconds(),
                                maxLag.toMillis() / 1000.0));
            }
        }
        return objections;
    }
}
