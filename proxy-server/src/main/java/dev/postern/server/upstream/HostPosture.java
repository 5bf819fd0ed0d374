package dev.postern.server.upstream;

import dev.postern.server.upstream.ProbeTarget.Requirements;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the last look at an upstream host showed. */
public sealed interface HostPosture {

    /** Nobody has looked yet. */
    record Unknown() implements HostPosture {}

    /**
     * The host did not answer, or not as it should.
     *
     * @param reason why, in words
     * @param cause in what way
     */
    record Unreachable(String reason, Objection.Cause cause) implements HostPosture {}

    /**
     * The host answers.
     *
     * @param standby whether it is in recovery
     * @param lag how far its replay is behind
     * @param version which PostgreSQL it is
     * @param writeAbilities what the role could do beyond reading, one phrase each; empty if it can
     *     only read
     */
    record Reachable(boolean standby, Lag lag, Version version, List<String> writeAbilities)
            implements HostPosture {

        public Reachable {
            writeAbilities = List.copyOf(writeAbilities);
        }
    }

    /**
     * How far replay is behind.
     *
     * @param seconds age of what was replayed last; zero on a primary, NaN if it cannot be told
     * @param bytes received and not yet replayed; zero on a primary, NaN if it cannot be told
     */
    record Lag(double seconds, double bytes) {

        /** That of a primary. */
        public static final Lag NONE = new Lag(0, 0);
    }

    /**
     * PostgreSQL's version.
     *
     * @param text as the server says it, {@code 15.8}
     * @param number as {@code server_version_num} has it, {@code 150008}
     */
    record Version(String text, int number) {}

    /** Returns each requirement that does not hold; empty if sessions may be opened. */
    default List<Objection> objections(Requirements requirements) {
        return switch (this) {
            case Unknown unknown -> List.of(new Objection.NotProbed());
            case Unreachable(String reason, Objection.Cause cause) ->
                    List.of(new Objection.Unreachable(reason, cause));
            case Reachable reachable -> objections(reachable, requirements);
        };
    }

    private static List<Objection> objections(Reachable host, Requirements requirements) {
        List<Objection> objections = new ArrayList<>(0);
        if (!host.standby() && !requirements.allowPrimary()) {
            objections.add(new Objection.Primary());
        }
        if (!host.writeAbilities().isEmpty() && !requirements.allowWritableRole()) {
            objections.add(new Objection.WritableRole(host.writeAbilities()));
        }
        Duration maxLag = requirements.maxLag();
        if (maxLag != null && host.standby()) {
            if (Double.isNaN(host.lag().seconds())) {
                objections.add(new Objection.LagUnknown());
            } else if (host.lag().seconds() > maxLag.toMillis() / 1000.0) {
                objections.add(new Objection.Behind(host.lag().seconds(), maxLag));
            }
        }
        return objections;
    }
}
