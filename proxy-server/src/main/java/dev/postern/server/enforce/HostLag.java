package dev.postern.server.enforce;

import java.time.Duration;

/** How far the host that a session is on is behind. Safe for use by any thread; never blocks. */
@FunctionalInterface
public interface HostLag {

    /** What was seen last. */
    sealed interface Reading {

        /** The host is no standby. */
        record Primary() implements Reading {}

        /** The host's replay is behind by this. */
        record Behind(Duration lag) implements Reading {}

        /** No host serves the session now; the next one will be fresh enough. */
        record None() implements Reading {}

        /** It cannot be told. */
        record Unknown() implements Reading {}
    }

    /** Returns what the last look at the host has shown. */
    Reading current();

    /**
     * A statement is about to be judged: a session whose host is not fit any more leaves it, if it
     * has nothing there.
     */
    default void leaveIfUnfit() {}
}
