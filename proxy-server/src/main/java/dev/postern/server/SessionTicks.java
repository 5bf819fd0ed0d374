package dev.postern.server;

import dev.postern.server.enforce.ProxySession;
import dev.postern.server.metrics.ServerMetrics;
import dev.postern.server.upstream.HostListener;
import dev.postern.server.upstream.Objection;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Time limits, revocations and lost hosts: each event loop looks at them for the sessions that live
 * there, twice a second, and at the hosts as soon as one is known to be lost.
 */
final class SessionTicks implements HostListener {

    private static final long TICK_MILLIS = 500;

    private final EventLoops eventLoops;
    private final LiveConfiguration live;
    private final ActiveSessions sessions;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    SessionTicks(
            EventLoops eventLoops,
            LiveConfiguration live,
            ActiveSessions sessions,
            ServerMetrics metrics,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.eventLoops = eventLoops;
        this.live = live;
        this.sessions = sessions;
        this.metrics = metrics;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Begins; ends with the event loops. */
    void start() {
        for (EventExecutor executor : eventLoops.group()) {
            EventLoop eventLoop = (EventLoop) executor;
            eventLoop.scheduleWithFixedDelay(
                    () -> tick(eventLoop), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void tick(EventLoop eventLoop) {
        long now = nanoTime.getAsLong();
        Instant wallClock = clock.instant();
        sessions.onLoop(
                eventLoop,
                (entry, session) -> {
                    if (!live.isValid(entry.agent(), wallClock)) {
                        session.onRevoked();
                    } else if (!left(entry, session)) {
                        session.onTick(now);
                    }
                });
    }

    /** Ends a session whose host is lost; tells whether it was. */
    private boolean left(ActiveSessions.Entry entry, ProxySession session) {
        Objection loss = entry.loss().get();
        if (loss == null) {
            return false;
        }
        if (!session.onHostLost(loss.forAgent())) {
            return false;
        }
        metrics.sessionLost(loss.kind().name().toLowerCase(Locale.ROOT));
        return true;
    }

    @Override
    public void onServes(String upstream, String host) {}

    @Override
    public void onStopped(String upstream, String host, List<Objection> objections) {
        if (objections.stream().noneMatch(Objection::endsSessions)) {
            return;
        }
        for (EventExecutor executor : eventLoops.group()) {
            EventLoop eventLoop = (EventLoop) executor;
            if (!eventLoop.isShuttingDown()) {
                eventLoop.execute(() -> sessions.onLoop(eventLoop, this::left));
            }
        }
    }
}
