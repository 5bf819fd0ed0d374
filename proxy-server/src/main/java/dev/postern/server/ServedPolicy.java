package dev.postern.server;

import dev.postern.policy.Policy;
import dev.postern.server.enforce.SessionLimits;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A configured policy as sessions are served under it.
 *
 * @param rules what statements are judged by
 * @param upstream the name of the upstream
 * @param databases the databases that may be connected to
 * @param limits what a session may use
 * @param maxLag how far the standby that a statement runs on may be behind; {@code null}: as far as
 *     the upstream lets it
 * @param maxSessions sessions of one agent at a time
 * @param maxConnections connections of all its sessions at a time
 * @param maxAgentConnections connections of one agent's sessions at a time
 * @param queriesPerMinute statements of one agent; {@code null}: any number
 */
record ServedPolicy(
        Policy rules,
        String upstream,
        List<String> databases,
        SessionLimits limits,
        @Nullable Duration maxLag,
        int maxSessions,
        int maxConnections,
        int maxAgentConnections,
        @Nullable Integer queriesPerMinute) {}
