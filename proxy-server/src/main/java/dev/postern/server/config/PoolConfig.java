package dev.postern.server.config;

import java.time.Duration;

/**
 * The section {@code upstreams.<name>.pool}.
 *
 * @param max connections to the upstream, over all its hosts
 * @param mode for how long a session has one
 * @param minIdle connections to each database that are kept open
 * @param idle how long one that nobody uses stays open
 * @param queueTimeout how long a session waits for one
 * @param shortTransaction for how long a transaction counts against the limit on those that are on
 *     their connections while others wait
 * @param maxWaiting how many sessions may wait
 * @param resetTimeout how long it may take to make a used one as good as new
 * @param maxPreparedStatements prepared statements that a shared one keeps
 */
public record PoolConfig(
        int max,
        PoolModeName mode,
        int minIdle,
        Duration idle,
        Duration queueTimeout,
        Duration shortTransaction,
        int maxWaiting,
        Duration resetTimeout,
        int maxPreparedStatements) {

    public PoolConfig {
        Keys.UPSTREAM_POOL_MAX.check(max);
        Keys.UPSTREAM_POOL_MIN_IDLE.check(minIdle);
        Keys.UPSTREAM_POOL_IDLE.check(idle);
        Keys.UPSTREAM_POOL_QUEUE_TIMEOUT.check(queueTimeout);
        Keys.UPSTREAM_POOL_SHORT_TRANSACTION.check(shortTransaction);
        Keys.UPSTREAM_POOL_MAX_WAITING.check(maxWaiting);
        Keys.UPSTREAM_POOL_RESET_TIMEOUT.check(resetTimeout);
        Keys.UPSTREAM_POOL_MAX_PREPARED_STATEMENTS.check(maxPreparedStatements);
        if (minIdle > max) {
            throw new InvalidValueException(
                    "min_idle", minIdle + " is more than the " + max + " that max allows");
        }
    }
}
