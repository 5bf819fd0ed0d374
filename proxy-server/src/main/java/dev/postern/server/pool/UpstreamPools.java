package dev.postern.server.pool;

import dev.postern.server.upstream.UpstreamConnection;
import dev.postern.server.upstream.UpstreamHost;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pools of one upstream: one for each database and event loop, within one budget. Safe for use
 * by any thread.
 */
public final class UpstreamPools implements AutoCloseable {

    private final PoolSettings settings;
    private final PoolBudget budget;
    private final Connector connector;
    private final Predicate<UpstreamHost> serves;
    private final Predicate<UpstreamHost> lost;
    private final PoolObserver observer;
    private final LongSupplier nanoTime;
    private final Map<Key, ConnectionPool> pools = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Key(String database, EventLoop eventLoop) {}

    /** Opens connections. */
    @FunctionalInterface
    public interface Connector {

        /**
         * Opens one on an event loop, with no settings but those that every one has.
         *
         * @param maxLag how far its host may be behind; {@code null}: as the upstream demands
         */
        Future<UpstreamConnection> connect(
                EventLoop eventLoop, String database, @Nullable Duration maxLag);
    }

    /**
     * What a session demands of its hosts beside what its upstream does.
     *
     * @param hosts which will do; does not block
     * @param maxLag how far behind one may be; {@code null}: no demand
     */
    public record Demand(Predicate<UpstreamHost> hosts, @Nullable Duration maxLag) {

        /** Any host will do. */
        public static final Demand NONE = new Demand(host -> true, null);
    }

    /**
     * Makes pools without connections.
     *
     * @param serves which hosts may be used now; does not block
     * @param lost which must be left by those who use them; does not block
     */
    public UpstreamPools(
            PoolSettings settings,
            Connector connector,
            Predicate<UpstreamHost> serves,
            Predicate<UpstreamHost> lost,
            PoolObserver observer,
            LongSupplier nanoTime) {
        this.settings = settings;
        this.budget = new PoolBudget(settings.max());
        this.connector = connector;
        this.serves = serves;
        this.lost = lost;
        this.observer = observer;
        this.nanoTime = nanoTime;
    }

    /** Returns how connections are kept. */
    public PoolSettings settings() {
        return settings;
    }

    /** Keeps the least number of connections to a database, from an event loop's pool. */
    public void warm(EventLoop eventLoop, String database) {
        eventLoop.execute(() -> pool(eventLoop, database));
    }

    /**
     * Opens a session's backend.
     *
     * @param eventLoop the session's
     * @param demand which hosts will do for this session
     * @param caps what its use of a connection counts against
     * @return fails by {@link PoolException} or {@code UpstreamException}; cancelling it ends what
     *     was begun
     */
    public Future<PooledBackend> open(
            EventLoop eventLoop,
            String database,
            SessionState state,
            Demand demand,
            List<Cap> caps) {
        Promise<PooledBackend> promise = eventLoop.newPromise();
        Runnable begin =
                () -> {
                    PooledBackend backend =
                            new PooledBackend(
                                    pool(eventLoop, database),
                                    state,
                                    demand,
                                    caps,
                                    ByteBufAllocator.DEFAULT,
                                    nanoTime);
                    promise.addListener(result -> {
                        if (promise.isCancelled()) {
                            backend.close();
                        }
                    });
                    backend.open(promise);
                };
        if (eventLoop.inEventLoop()) {
            begin.run();
        } else {
            eventLoop.execute(begin);
        }
        return promise;
    }

    private ConnectionPool pool(EventLoop eventLoop, String database) {
        Key key = new Key(database, eventLoop);
        @Nullable ConnectionPool known = pools.get(key);
        if (known != null) {
            return known;
        }
        ConnectionPool made =
                new ConnectionPool(
                        eventLoop,
                        settings,
                        budget,
                        maxLag -> connector.connect(eventLoop, database, maxLag),
                        serves,
                        lost,
                        observer,
                        nanoTime);
        pools.put(key, made);
        if (closed) {
            made.close();
        } else {
            made.start();
        }
        return made;
    }

    /** Has every connection that is open now closed when it is not in use. */
    public void renew() {
        pools.forEach((key, pool) -> pool.execute(pool::renew));
    }

    /** Returns how many connections are open or being opened. */
    public int connections() {
        return budget.open();
    }

    /** Ends what nobody uses, and the rest once it is given back. */
    @Override
    public void close() {
        closed = true;
        pools.forEach((key, pool) -> pool.execute(pool::close));
    }
}
