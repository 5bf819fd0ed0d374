package dev.postern.server.pool;

import java.time.Duration;

/**
 * How connections are kept.
 *
 * @param mode for how long a session has one
 * @param max how many there are to one upstream, over all databases and event loops
 * @param minIdle how many are kept open to each database, used or not
 * @param idleTimeout how long one that nobody uses stays open beyond these
 * @param queueTimeout how long a session waits for one
 * @param shortTransaction for how long a transaction counts against the limit on those that are on
 *     their connections while others wait; zero: there is no such limit
 * @param maxWaiting how many sessions may wait, on each event loop
 * @param resetTimeout how long it may take to make one that was used as good as new
 * @param maxPreparedStatements how many prepared statements a shared one keeps
 * @param maxQueuedBytes how many bytes of a session may wait with it
 */
public record PoolSettings(
        PoolMode mode,
        int max,
        int minIdle,
        Duration idleTimeout,
        Duration queueTimeout,
        Duration shortTransaction,
        int maxWaiting,
        Duration resetTimeout,
        int maxPreparedStatements,
        int maxQueuedBytes) {}
