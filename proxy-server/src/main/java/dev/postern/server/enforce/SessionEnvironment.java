package dev.postern.server.enforce;

import dev.postern.audit.AuditSink;
import dev.postern.catalog.SearchPath;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What a session needs of the world.
 *
 * @param judge gives verdicts
 * @param catalog what the session's database holds
 * @param searchPath the search path that the agent asked for at its start, {@code null} if none
 * @param freshness how far behind the session's host is, and may be
 * @param audit takes the record
 * @param observer counts
 * @param eventLoop runs tasks on the session's event loop
 * @param wallClock the time of day
 * @param nanoTime a monotonic clock
 * @param random makes event ids unique; used on the event loop only
 */
public record SessionEnvironment(
        StatementJudge judge,
        CatalogAccess catalog,
        @Nullable SearchPath searchPath,
        Freshness freshness,
        AuditSink audit,
        SessionObserver observer,
        Executor eventLoop,
        InstantSource wallClock,
        LongSupplier nanoTime,
        RandomGenerator random) {}
