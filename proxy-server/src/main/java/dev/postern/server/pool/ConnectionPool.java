package dev.postern.server.pool;

import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.SqlState;
import dev.postern.server.pool.PoolObserver.Discarded;
import dev.postern.server.upstream.UpstreamConnection;
import dev.postern.server.upstream.UpstreamHost;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop to one database of one upstream. Sessions get them in the order
 * in which they asked, as far as what they ask for allows. All methods are called on the event
 * loop, but {@link #execute} and the counts.
 */
final class ConnectionPool {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionPool.class);

    private static final long TICK_MILLIS = 100;

    /** How many idle connections are looked through for one that has a session's settings. */
    private static final int MAX_LOOKED_THROUGH = 16;

    private final EventLoop eventLoop;
    private final PoolSettings settings;
    private final PoolBudget budget;
    private final Function<@Nullable Duration, Future<UpstreamConnection>> connector;
    private final Predicate<UpstreamHost> serves;
    private final Predicate<UpstreamHost> lost;
    private final PoolObserver observer;
    private final LongSupplier nanoTime;
    private final Reported.Shared shared = new Reported.Shared();
    private final ArrayDeque<Request> waiting = new ArrayDeque<>();
    private final ArrayDeque<ServerConnection> idle = new ArrayDeque<>();
    private final Set<ServerConnection> resetting = new LinkedHashSet<>();
    private final Set<ServerConnection> all = new LinkedHashSet<>();
    private final Set<ServerConnection> outdated = new HashSet<>();
    private final Admission admission;
    private int connecting;
    private @Nullable ScheduledFuture<?> ticks;

    /** When somebody may get what the admission has kept from them. */
    private @Nullable ScheduledFuture<?> nextAdmission;

    private boolean closed;

    /**
     * Makes an empty one.
     *
     * @param connector opens a connection on the event loop, to a host that is no further behind
     *     than it is given; {@code null}: any that serves
     * @param serves which hosts may be used; does not block
     * @param lost which must be left by those who use them; does not block
     */
    ConnectionPool(
            EventLoop eventLoop,
            PoolSettings settings,
            PoolBudget budget,
            Function<@Nullable Duration, Future<UpstreamConnection>> connector,
            Predicate<UpstreamHost> serves,
            Predicate<UpstreamHost> lost,
            PoolObserver observer,
            LongSupplier nanoTime) {
        this.eventLoop = eventLoop;
        this.settings = settings;
        this.budget = budget;
        this.connector = connector;
        this.serves = serves;
        this.lost = lost;
        this.observer = observer;
        this.nanoTime = nanoTime;
        this.admission =
                new Admission(
                        settings.mode() == PoolMode.TRANSACTION
                                ? settings.shortTransaction().toNanos()
                                : 0,
                        settings.max(),
                        observer,
                        nanoTime.getAsLong());
        budget.join(this);
    }

    PoolSettings settings() {
        return settings;
    }

    PoolObserver observer() {
        return observer;
    }

    /** Runs something on the event loop; nothing after its end. */
    void execute(Runnable task) {
        try {
            eventLoop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("no more pools: shutting down");
        }
    }

    /** Begins to look after itself. */
    void start() {
        ticks = eventLoop.scheduleWithFixedDelay(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Tells whether somebody waits. */
    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Asks for a connection. */
    void acquire(Request request) {
        if (closed) {
            request.taker().onDenied(new PoolException(shuttingDown()));
            return;
        }
        if (waiting.size() >= settings.maxWaiting()) {
            request.taker().onDenied(new PoolException(tooManyWaiting()));
            return;
        }
        observer.waiting(1);
        waiting.add(request);
        serve();
    }

    /** Asks no more; nothing is called for it. */
    void withdraw(Request.Taker taker) {
        if (waiting.removeIf(request -> request.taker().equals(taker))) {
            observer.waiting(-1);
        }
    }

    /** Gives back a connection that is idle and of which is known what it has. */
    void release(ServerConnection connection, List<Cap> caps) {
        givenBack(connection, caps);
        if (!connection.isGone()) {
            keep(connection);
        }
        serve();
    }

    /** Gives back a connection that has to be made as good as new first. */
    void reset(ServerConnection connection, List<Cap> caps) {
        givenBack(connection, caps);
        if (!connection.isGone()) {
            connection.unused(nanoTime.getAsLong());
            resetting.add(connection);
            connection.reset(clean -> {
                // In the midst of what the connection reads: it is used again only after that.
                execute(() -> wasReset(connection, clean));
            });
        }
        serve();
    }

    private void wasReset(ServerConnection connection, boolean clean) {
        if (!resetting.remove(connection) || connection.isGone()) {
            return;
        }
        if (clean && connection.answers().isIdle()) {
            keep(connection);
            serve();
        } else {
            drop(connection, Discarded.RESET_FAILED);
        }
    }

    /** Gives back a connection that nobody should use any more. */
    void discard(ServerConnection connection, List<Cap> caps, Discarded why) {
        givenBack(connection, caps);
        if (!connection.isGone()) {
            drop(connection, why);
        }
        serve();
    }

    private void givenBack(ServerConnection connection, List<Cap> caps) {
        Cap.giveBack(caps);
        admission.ended(connection, nanoTime.getAsLong(), !waiting.isEmpty());
    }

    private void keep(ServerConnection connection) {
        connection.unused(nanoTime.getAsLong());
        if (closed) {
            connection.close();
        } else if (outdated.contains(connection)) {
            drop(connection, Discarded.OUTDATED);
        } else if (!serves.test(connection.host())) {
            drop(connection, Discarded.HOST);
        } else if (budget.shouldSpare(all.size())) {
            drop(connection, Discarded.ROOM);
        } else {
            idle.addFirst(connection);
        }
    }

    private void drop(ServerConnection connection, Discarded why) {
        observer.discarded(why);
        connection.close();
    }

    /** Lets those who wait have what there is, and opens what is missing. */
    void serve() {
        Iterator<Request> requests = waiting.iterator();
        List<Runnable> grants = new ArrayList<>();
        List<Request> unserved = new ArrayList<>();
        long now = nanoTime.getAsLong();
        int room = admission.room(now);
        while (requests.hasNext() && grants.size() < room && unserved.size() < settings.max()) {
            Request request = requests.next();
            ServerConnection found = idleFor(request);
            if (found != null && Cap.tryTake(request.caps())) {
                idle.remove(found);
                requests.remove();
                observer.waiting(-1);
                observer.granted(now - request.sinceNanos());
                admission.begins(found, now);
                grants.add(() -> request.taker().onGranted(found));
            } else if (found == null) {
                unserved.add(request);
                if (idle.isEmpty() && unserved.size() > connecting && !budget.hasRoom()) {
                    // Nothing is left for those behind it either.
                    break;
                }
            }
        }
        for (Request request :
                unserved.subList(Math.min(connecting, unserved.size()), unserved.size())) {
            if (closed || connecting >= room - grants.size()) {
                break;
            }
            if (!makeRoom()) {
                budget.ask(this);
                break;
            }
            connect(request);
        }
        if (!waiting.isEmpty() && nextAdmission == null && admission.room(now) <= 0) {
            nextAdmission =
                    eventLoop.schedule(
                            this::admitNext, admission.untilRoom(now), TimeUnit.NANOSECONDS);
        }
        grants.forEach(Runnable::run);
    }

    private void admitNext() {
        nextAdmission = null;
        serve();
    }

    /** Takes room for one more connection, if need be that of one which does not fit. */
    private boolean makeRoom() {
        if (budget.tryTake()) {
            return true;
        }
        for (ServerConnection connection : List.copyOf(idle)) {
            if (waiting.stream().noneMatch(request -> fits(connection, request))) {
                idle.remove(connection);
                drop(connection, Discarded.ROOM);
                return budget.tryTake();
            }
        }
        return false;
    }

    private @Nullable ServerConnection idleFor(Request request) {
        ServerConnection first = null;
        int looked = 0;
        for (ServerConnection connection : idle) {
            if (fits(connection, request)) {
                if (connection.isOf(request.state())) {
                    return connection;
                }
                first = first == null ? connection : first;
            }
            if (++looked >= MAX_LOOKED_THROUGH && first != null) {
                break;
            }
        }
        return first;
    }

    private boolean fits(ServerConnection connection, Request request) {
        return !connection.isGone()
                && !connection.isPromoted()
                && connection.answers().isIdle()
                && (!request.fresh() || connection.isFresh())
                && serves.test(connection.host())
                && request.demand().hosts().test(connection.host());
    }

    /**
     * Opens a connection.
     *
     * @param request for whom, {@code null} for whoever comes
     */
    private void connect(@Nullable Request request) {
        connecting++;
        connector
                .apply(request == null ? null : request.demand().maxLag())
                .addListener((Future<UpstreamConnection> result) -> {
                    connecting--;
                    if (!result.isSuccess()) {
                        budget.giveBack();
                        if (request != null && waiting.remove(request)) {
                            observer.waiting(-1);
                            request.taker().onDenied(result.cause());
                        }
                        return;
                    }
                    ServerConnection opened =
                            new ServerConnection(
                                    result.getNow(),
                                    shared,
                                    this::onGone,
                                    observer,
                                    nanoTime.getAsLong());
                    all.add(opened);
                    if (closed) {
                        opened.close();
                        return;
                    }
                    idle.addFirst(opened);
                    serve();
                });
    }

    private void onGone(ServerConnection connection) {
        idle.remove(connection);
        resetting.remove(connection);
        outdated.remove(connection);
        admission.lost(connection);
        if (all.remove(connection)) {
            budget.giveBack();
        }
        if (!waiting.isEmpty()) {
            execute(this::serve);
        }
    }

    /** What is open serves those who have it, and nobody after them. */
    void renew() {
        outdated.addAll(all);
        for (ServerConnection connection : List.copyOf(idle)) {
            drop(connection, Discarded.OUTDATED);
        }
    }

    /** Another pool needs a connection. */
    void spareOne() {
        ServerConnection unused = idle.pollLast();
        if (unused != null) {
            drop(unused, Discarded.ROOM);
        }
    }

    private void tick() {
        long now = nanoTime.getAsLong();
        for (Request late; (late = waiting.peek()) != null; ) {
            if (now - late.sinceNanos() < settings.queueTimeout().toNanos()) {
                break;
            }
            waiting.remove();
            observer.waiting(-1);
            observer.timedOut();
            late.taker().onDenied(new PoolException(timedOut()));
        }
        for (ServerConnection connection : List.copyOf(idle)) {
            if (!serves.test(connection.host()) || connection.isPromoted()) {
                drop(connection, Discarded.HOST);
            } else if (all.size() > settings.minIdle()
                    && now - connection.idleSince() > settings.idleTimeout().toNanos()) {
                drop(connection, Discarded.IDLE);
            }
        }
        for (ServerConnection connection : List.copyOf(all)) {
            if (lost.test(connection.host())) {
                connection.hostUnfit();
            }
        }
        for (ServerConnection connection : List.copyOf(resetting)) {
            if (now - connection.idleSince() > settings.resetTimeout().toNanos()) {
                drop(connection, Discarded.RESET_FAILED);
            }
        }
        if (!waiting.isEmpty()) {
            serve();
        }
        if (all.size() + connecting < settings.minIdle() && connecting == 0 && budget.tryTake()) {
            connect(null);
        }
    }

    /** Ends what nobody uses, and whatever is given back. */
    void close() {
        closed = true;
        admission.close();
        if (ticks != null) {
            ticks.cancel(false);
        }
        List.copyOf(idle).forEach(ServerConnection::close);
        List.copyOf(resetting).forEach(ServerConnection::close);
        for (Request request; (request = waiting.poll()) != null; ) {
            observer.waiting(-1);
            request.taker().onDenied(new PoolException(shuttingDown()));
        }
    }

    /** Returns the connections, used and unused; for the event loop only. */
    Set<ServerConnection> connections() {
        return all;
    }

    /** Returns those that nobody uses; for the event loop only. */
    int idle() {
        return idle.size();
    }

    private ErrorResponse timedOut() {
        return ErrorResponse.fatal(
                        SqlState.TOO_MANY_CONNECTIONS,
                        "all connections to the upstream were in use for "
                                + settings.queueTimeout().toMillis() / 1000.0
                                + " s")
                .withHint("Try again later, with fewer statements at a time.");
    }

    private ErrorResponse tooManyWaiting() {
        return ErrorResponse.fatal(
                        SqlState.TOO_MANY_CONNECTIONS,
                        "all connections to the upstream are in use, and "
                                + settings.maxWaiting()
                                + " sessions wait for one already")
                .withHint("Try again later, with fewer sessions at a time.");
    }

    private static ErrorResponse shuttingDown() {
        return ErrorResponse.fatal(
                        SqlState.ADMIN_SHUTDOWN, "terminating connection: Postern is shutting down")
                .withHint("Connect again.");
    }
}
