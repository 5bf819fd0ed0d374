package dev.postern.server.enforce;

import dev.postern.audit.AuditSink;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a session needs of the world.
 *
 * @param judge gives verdicts
 * @param audit takes the record
 * @param observer counts
 * @param eventLoop runs tasks on the session's event loop
 * @param wallClock the time of day
 * @param nanoTime a monotonic clock
 * @param random makes event ids unique; used on the event loop only
 */
public record SessionEnvironment(
        StatementJudge judge,
        AuditSink audit,
        SessionObserver observer,
        Executor eventLoop,
        InstantSource wallClock,
        LongSupplier nanoTime,
        RandomGenerator random) {}
