package dev.postern.server;

import dev.postern.server.enforce.ProxySession;
import dev.postern.server.upstream.Objection;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All sessions, and on which event loop each lives. Safe for use by any thread. */
final class ActiveSessions {

    private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

    /**
     * One session.
     *
     * @param agent whose it is
     * @param eventLoop where its methods are called
     * @param loss why the host that it is on now must be left, {@code null} while it need not be
     */
    record Entry(
            String agent,
            ProxySession session,
            EventLoop eventLoop,
            Supplier<@Nullable Objection> loss) {

        /** Does something with it where it lives. */
        void run(Runnable task) {
            if (eventLoop.inEventLoop()) {
                task.run();
            } else {
                eventLoop.execute(task);
            }
        }
    }

    void add(Entry entry) {
        entries.add(entry);
    }

    void remove(Entry entry) {
        entries.remove(entry);
        if (entries.isEmpty()) {
            synchronized (this) {
                notifyAll();
            }
        }
    }

    /** Waits until there is no session, for some time. */
    synchronized void awaitNone(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!entries.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    int size() {
        return entries.size();
    }

    /** Calls something for each session that lives on an event loop, on that event loop. */
    void onLoop(EventLoop eventLoop, BiConsumer<Entry, ProxySession> action) {
        for (Entry entry : entries) {
            if (entry.eventLoop().equals(eventLoop)) {
                action.accept(entry, entry.session());
            }
        }
    }

    /** Lets every session end once it is idle. */
    void drain() {
        entries.forEach(entry -> entry.run(entry.session()::onDrain));
    }

    /** Ends every session now. */
    void shutDown() {
        entries.forEach(entry -> entry.run(entry.session()::onShutdown));
    }
}
