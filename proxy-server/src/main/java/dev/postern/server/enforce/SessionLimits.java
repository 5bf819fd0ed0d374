package dev.postern.server.enforce;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one session may use.
 *
 * @param statementTimeout how long a statement may run; {@code null}: as long as the upstream lets
 *     it
 * @param maxRows rows of one statement; {@link Long#MAX_VALUE}: any number
 * @param maxResultBytes bytes of one statement's result; {@link Long#MAX_VALUE}: any number
 * @param maxPreparedStatements named prepared statements at a time
 * @param maxPortals named portals at a time
 * @param maxPipeline messages the upstream may owe an answer for before the agent's next message
 *     waits
 * @param idleTimeout how long a session may do nothing; {@code null}: any time
 */
public record SessionLimits(
        @Nullable Duration statementTimeout,
        long maxRows,
        long maxResultBytes,
        int maxPreparedStatements,
        int maxPortals,
        int maxPipeline,
        @Nullable Duration idleTimeout) {}
