package dev.postern.server.upstream;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What stands against opening sessions to a host. */
public sealed interface Objection {

    /** The closed set of reasons, as metrics name them. */
    enum Kind {
        NOT_PROBED,
        UNREACHABLE,
        REFUSES,
        PRIMARY,
        WRITABLE_ROLE,
        LAG
    }

    /** Nobody has looked yet. */
    record NotProbed() implements Objection {}

    /**
     * It does not answer, or not as it should.
     *
     * @param reason for the operator: may name addresses and roles
     * @param cause for the agent
     */
    record Unreachable(String reason, Cause cause) implements Objection {}

    /** It is no hot standby. */
    record Primary() implements Objection {}

    /**
     * The role could write there.
     *
     * @param abilities what it could do, one phrase each
     */
    record WritableRole(List<String> abilities) implements Objection {

        public WritableRole {
            abilities = List.copyOf(abilities);
        }
    }

    /**
     * Its replay is too far behind.
     *
     * @param lagSeconds how far
     * @param maxLag how far it may be
     */
    record Behind(double lagSeconds, Duration maxLag) implements Objection {}

    /** How far its replay is behind cannot be told, and there is a limit. */
    record LagUnknown() implements Objection {}

    /** In what way a host does not answer as it should. */
    enum Cause {
        /** PostgreSQL answers, by an error: what is connected already may go on. */
        REFUSED("it refuses the proxy's own connections"),
        NO_CONNECTION("it cannot be reached"),
        TIMEOUT("it did not answer in time"),
        TLS("it cannot be reached by TLS"),
        PROTOCOL("it broke the protocol while connecting");

        private final String words;

        Cause(String words) {
            this.words = words;
        }
    }

    default Kind kind() {
        return switch (this) {
            case NotProbed notProbed -> Kind.NOT_PROBED;
            case Unreachable(String reason, Cause cause) ->
                    cause == Cause.REFUSED ? Kind.REFUSES : Kind.UNREACHABLE;
            case Primary primary -> Kind.PRIMARY;
            case WritableRole role -> Kind.WRITABLE_ROLE;
            case Behind behind -> Kind.LAG;
            case LagUnknown unknown -> Kind.LAG;
        };
    }

    /**
     * Tells whether sessions that are open there must end, too: a host that lags, or has no room
     * for the probe, only gets no new ones.
     */
    default boolean endsSessions() {
        return switch (kind()) {
            case UNREACHABLE, PRIMARY, WRITABLE_ROLE -> true;
            case NOT_PROBED, REFUSES, LAG -> false;
        };
    }

    /** Returns it in the operator's words. */
    default String forOperator() {
        return switch (this) {
            case NotProbed notProbed -> "not probed yet";
            case Unreachable(String reason, Cause cause) ->
                    (cause == Cause.REFUSED ? "not usable: " : "not reachable: ") + reason;
            case Primary primary -> "it is a primary, and allow_primary is not set";
            case WritableRole(List<String> abilities) ->
                    "the role can write ("
                            + String.join("; ", abilities)
                            + "), and allow_writable_role is not set";
            case Behind(double lag, Duration maxLag) ->
                    String.format(
                            Locale.ROOT,
                            "its replay is %.1f s behind, max_lag is %.1f s",
                            lag,
                            seconds(maxLag));
            case LagUnknown unknown -> "its replay lag cannot be told, and max_lag is set";
        };
    }

    /** Returns it in words that name no host, address or role. */
    default String forAgent() {
        return switch (this) {
            case NotProbed notProbed -> "it has not been checked yet";
            case Unreachable(String reason, Cause cause) -> cause.words;
            case Primary primary -> "it is a primary and allow_primary is not set";
            case WritableRole role -> "the role can write and allow_writable_role is not set";
            case Behind(double lag, Duration maxLag) ->
                    String.format(
                            Locale.ROOT,
                            "its replay is %.1f s behind, more than the %.1f s that max_lag allows",
                            lag,
                            seconds(maxLag));
            case LagUnknown unknown ->
                    "how far its replay is behind cannot be told, and max_lag is set";
        };
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
