package dev.postern.server.pool;

import dev.postern.policy.SessionEffects;
import dev.postern.protocol.BackendMessages;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendType;
import dev.postern.protocol.Severity;
import dev.postern.protocol.SqlState;
import dev.postern.server.enforce.BackendEvents;
import dev.postern.server.enforce.UpstreamPeer;
import dev.postern.server.pool.PoolObserver.Discarded;
import dev.postern.server.upstream.UpstreamConnection;
import dev.postern.server.upstream.UpstreamHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Promise;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a session takes for its PostgreSQL backend: one connection of a pool for all its time, or
 * one for each transaction, with the session's settings, its identity and its prepared statements
 * on whichever it is. A session without any connection that has nothing to lose gets the next one,
 * perhaps on another host, when it asks for something.
 *
 * <pre>
 *           write                      granted           settings made
 *  without ───────→ waiting for one ───────────→ making ──────────────→ served ─┐
 *     ↑                                          settings                       │
 *     └─────────── transaction mode: idle, nothing pinned ──────────────────────┘
 * </pre>
 *
 * <p>All methods are called on the session's event loop.
 */
public final class PooledBackend implements UpstreamPeer {

    private static final int SMALL = 256;
    private static final String CANCELED_WAITING =
            "canceling statement due to user request, while it waits for a connection to the database"
                    + " server";

    private final ConnectionPool pool;
    private final SessionState state;
    private final UpstreamPools.Demand demand;
    private final List<Cap> caps;
    private final ByteBufAllocator allocator;
    private final LongSupplier nanoTime;
    private final PreparedStatements statements;
    private final StatementRouting routing;
    private final Serving serving = new Serving();
    private final Unsent unsent = new Unsent();
    private final ToldParameters told = new ToldParameters();
    private final Pins pins;
    private @Nullable Promise<PooledBackend> opening;
    private @Nullable BackendEvents session;
    private @Nullable ServerConnection server;
    private boolean acquiring;
    private boolean makingSettings;
    private boolean settingsChanged;
    private boolean asking;
    private boolean reading = true;
    private int cancels;
    private boolean cancelled;
    private boolean closed;

    PooledBackend(
            ConnectionPool pool,
            SessionState state,
            UpstreamPools.Demand demand,
            List<Cap> caps,
            ByteBufAllocator allocator,
            LongSupplier nanoTime) {
        this.pool = pool;
        this.state = state;
        this.demand = demand;
        this.caps = List.copyOf(caps);
        this.allocator = allocator;
        this.nanoTime = nanoTime;
        this.pins = new Pins(pool.observer());
        this.statements =
                new PreparedStatements(
                        state,
                        pool.settings().mode(),
                        pool.settings().maxPreparedStatements(),
                        nanoTime);
        this.routing = new StatementRouting(state, statements, new Effects());
    }

    /**
     * Gets the first connection and makes the session's settings on it, so that it is known what
     * the server reports and that it accepts them.
     *
     * @param promise fails by {@link PoolException} or what made the connection fail
     */
    void open(Promise<PooledBackend> promise) {
        opening = promise;
        acquire(false);
    }

    /** Returns what the server has reported, for the session's beginning. */
    public Map<String, String> parameters() {
        return told.all();
    }

    /** Returns the host that serves the session now, {@code null} if none does. */
    public @Nullable UpstreamHost host() {
        ServerConnection now = server;
        return now == null ? null : now.host();
    }

    /** Answers go there from now on. */
    public void attach(BackendEvents newSession) {
        session = newSession;
        settle();
    }

    /** Tells whether the connection stays with the session between transactions, and why. */
    public Set<Pin> pins() {
        return pins.all();
    }

    /**
     * A request to cancel what runs is about to be sent: until {@link #cancelSent} the connection
     * stays with the session, so that nobody else is hit.
     *
     * <p>A statement that waits for a connection, or for the session's settings on it, is taken out
     * of what the session has sent, up to its Sync, and answered here as the server would have. If
     * there is no Sync yet, the session ends.
     *
     * @return what to cancel; {@code null} if nothing runs
     */
    public @Nullable UpstreamConnection cancel() {
        ServerConnection now = server;
        if (now == null || makingSettings) {
            if (now != null || acquiring) {
                cancelWaiting(now);
            }
            return null;
        }
        cancels++;
        cancelled = true;
        return now.connection();
    }

    private void cancelWaiting(@Nullable ServerConnection preparing) {
        BackendEvents waits = session;
        if (waits == null || closed || unsent.isEmpty()) {
            return;
        }
        boolean wasWritable = isWritable();
        if (unsent.dropFirst()) {
            if (unsent.isEmpty() && preparing == null) {
                withdraw();
            }
            if (!wasWritable && isWritable()) {
                pool.execute(this::writableAgain);
            }
            answerCancelled(waits);
            return;
        }
        if (preparing != null) {
            server = null;
            makingSettings = false;
            pool.discard(preparing, caps, Discarded.BUSY);
        } else {
            withdraw();
        }
        unsent.clear();
        waits.onRefused(
                ErrorResponse.fatal(SqlState.QUERY_CANCELED, CANCELED_WAITING)
                        .withHint("Connect again."));
    }

    private void withdraw() {
        acquiring = false;
        pool.withdraw(serving);
    }

    private void answerCancelled(BackendEvents waits) {
        ByteBuf answer = allocator.buffer(SMALL);
        try {
            BackendMessages.errorResponse(
                    answer,
                    ErrorResponse.error(SqlState.QUERY_CANCELED, CANCELED_WAITING)
                            .withHint("Nothing has run. Send it again."));
            BackendMessages.readyForQuery(answer, 'I');
            waits.onUpstreamBytes(answer);
        } finally {
            answer.release();
        }
        waits.onUpstreamReadComplete();
    }

    /** The request has been dealt with. */
    public void cancelSent() {
        cancels--;
        settle();
    }

    // ---- what the session says

    @Override
    public boolean leave() {
        ServerConnection now = server;
        if (now == null) {
            return true;
        }
        boolean nothingThere =
                makingSettings
                        || (now.answers().isIdle()
                                && unsent.isEmpty()
                                && pins.isEmpty()
                                && !settingsChanged
                                && cancels == 0);
        if (nothingThere) {
            now.close();
        }
        return nothingThere;
    }

    @Override
    public void announce(SessionEffects effects) {
        if (!closed) {
            unsent.add(effects);
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        if (closed || bytes.getByte(bytes.readerIndex()) == FrontendType.TERMINATE) {
            bytes.release();
            return;
        }
        unsent.add(bytes);
        proceed();
    }

    @Override
    public void flush() {
        if (server != null) {
            server.peer().flush();
        }
    }

    @Override
    public boolean isWritable() {
        return unsent.bytes() < pool.settings().maxQueuedBytes()
                && (server == null || server.peer().isWritable());
    }

    @Override
    public void reading(boolean enabled) {
        reading = enabled;
        if (server != null) {
            server.peer().reading(enabled);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        unsent.clear();
        pins.close();
        if (acquiring) {
            withdraw();
        }
        ServerConnection last = server;
        if (last != null && !makingSettings && cancels == 0) {
            server = null;
            giveBack(last);
        } else if (last != null) {
            server = null;
            pool.discard(last, caps, Discarded.BUSY);
        }
    }

    // ---- getting a connection

    private void acquire(boolean fresh) {
        acquiring = true;
        pool.acquire(new Request(state, demand, caps, fresh, serving, nanoTime.getAsLong()));
    }

    private void granted(ServerConnection connection) {
        acquiring = false;
        server = connection;
        cancelled = false;
        routing.onOtherConnection();
        connection.usedBy(serving);
        connection.peer().reading(reading);
        if (connection.isOf(state)) {
            served(connection);
            return;
        }
        makingSettings = true;
        boolean asNew = connection.isFresh();
        String sql =
                asNew
                        ? state.onFreshConnection()
                        : connection.hasSettingsOf(state)
                                ? state.identityOnly()
                                : state.onUsedConnection();
        connection.ask(
                sql,
                new Owed.Outcome() {
                    @Override
                    public void succeeded(Owed owed) {
                        connection.becomes(state);
                        makingSettings = false;
                        served(connection);
                    }

                    @Override
                    public void failed(@Nullable ErrorResponse error) {
                        if (error != null) {
                            makingSettings = false;
                            settingsFailed(connection, asNew, error);
                        }
                    }
                });
        connection.peer().flush();
    }

    /**
     * What an earlier session left may be why, or a cancel request that came late: a new connection
     * tells.
     */
    private void settingsFailed(ServerConnection connection, boolean asNew, ErrorResponse error) {
        server = null;
        pool.discard(connection, caps, Discarded.SETTINGS_FAILED);
        if (closed) {
            return;
        }
        if (asNew) {
            denied(
                    new PoolException(
                            new ErrorResponse(
                                    Severity.FATAL,
                                    error.sqlState(),
                                    error.message(),
                                    error.detail(),
                                    error.hint(),
                                    0)));
        } else {
            acquire(true);
        }
    }

    private void served(ServerConnection connection) {
        Promise<PooledBackend> promise = opening;
        if (promise != null) {
            opening = null;
            told.begin(connection.reported());
            if (!promise.trySuccess(this)) {
                close();
            }
            return;
        }
        tellParameters(connection);
        proceed();
        flush();
    }

    private void denied(Throwable cause) {
        acquiring = false;
        Promise<PooledBackend> promise = opening;
        if (promise != null) {
            opening = null;
            closed = true;
            promise.tryFailure(cause);
        } else if (session != null && !closed) {
            session.onRefused(PoolException.told(cause));
        }
    }

    /** What the connection reports otherwise than the one before. */
    private void tellParameters(ServerConnection connection) {
        if (told.isSameAs(connection.reported())) {
            return;
        }
        ByteBuf out = allocator.buffer(SMALL);
        try {
            told.tell(connection.reported(), out);
            if (out.isReadable() && session != null) {
                session.onUpstreamBytes(out);
            }
        } finally {
            out.release();
        }
    }

    // ---- serving

    /** Sends what can go out now. */
    private void proceed() {
        ServerConnection now = server;
        if (now == null) {
            if (!acquiring && !unsent.isEmpty()) {
                acquire(false);
            }
            return;
        }
        if (makingSettings || opening != null) {
            return;
        }
        boolean wasWritable = isWritable();
        unsent.sendTo(routing, now);
        if (now.answers().cutsHere()) {
            pool.execute(() -> deliverLocal(now));
        }
        if (!wasWritable && isWritable()) {
            pool.execute(this::writableAgain);
        }
    }

    private void writableAgain() {
        if (session != null && !closed) {
            session.onUpstreamWritability();
            flush();
        }
    }

    /** Answers that are made here, with nothing owed before them. */
    private void deliverLocal(ServerConnection from) {
        if (from.equals(server) && from.answers().cutsHere()) {
            from.answers().onCut();
            onReadComplete();
        }
    }

    private void onReadComplete() {
        if (!unsent.isEmpty()) {
            proceed();
            flush();
        }
        settle();
        if (session != null) {
            session.onUpstreamReadComplete();
        }
    }

    /** Lets the connection go if the session does not need it now. */
    private void settle() {
        ServerConnection now = server;
        if (now == null
                || session == null
                || makingSettings
                || asking
                || cancels > 0
                || !unsent.isEmpty()
                || !now.answers().isIdle()) {
            return;
        }
        if (settingsChanged) {
            askSettings(now);
            return;
        }
        if (pool.settings().mode() == PoolMode.TRANSACTION && pins.isEmpty()) {
            server = null;
            giveBack(now);
        }
    }

    private void giveBack(ServerConnection connection) {
        if (!connection.answers().isIdle()) {
            pool.discard(connection, caps, Discarded.BUSY);
        } else if (pool.settings().mode() == PoolMode.SESSION
                || cancelled
                || settingsChanged
                || !pins.isEmpty()
                || statements.leavesNames()) {
            pool.reset(connection, caps);
        } else {
            pool.release(connection, caps);
        }
    }

    /** The server itself knows best what a transaction has left of the settings. */
    private void askSettings(ServerConnection connection) {
        asking = true;
        settingsChanged = false;
        connection.ask(
                SessionState.ASK,
                new Owed.Outcome() {
                    @Override
                    public void succeeded(Owed owed) {
                        asking = false;
                        if (state.learn(owed.rows())) {
                            connection.becomes(state);
                        } else {
                            pins.add(Pin.SETTINGS);
                        }
                    }

                    @Override
                    public void failed(@Nullable ErrorResponse error) {
                        asking = false;
                        pins.add(Pin.SETTINGS);
                    }
                });
        connection.peer().flush();
    }

    /** A session that has nothing on the connection does not notice. */
    private void lost(ServerConnection connection, @Nullable String cause) {
        Cap.giveBack(caps);
        server = null;
        asking = false;
        boolean nothingLost =
                makingSettings
                        || (connection.answers().isIdle() && pins.isEmpty() && !settingsChanged);
        makingSettings = false;
        if (opening != null) {
            acquire(false);
        } else if (!nothingLost) {
            unsent.clear();
            if (session != null) {
                session.onUpstreamClosed(cause);
            }
        } else {
            proceed();
        }
    }

    /** What the connection in use tells, and whoever gives connections. */
    private final class Serving implements ServerConnection.User, Request.Taker {

        @Override
        public void onGranted(ServerConnection connection) {
            granted(connection);
        }

        @Override
        public void onDenied(Throwable cause) {
            denied(cause);
        }

        @Override
        public void onAnswer(ByteBuf in) {
            if (session == null) {
                in.skipBytes(in.readableBytes());
            } else {
                session.onUpstreamBytes(in);
            }
        }

        @Override
        public void onParameter(String name, String value) {
            told.put(name, value);
        }

        @Override
        public void onDesynchronized(String reason) {
            if (session != null) {
                session.onTrouble(new IllegalStateException(reason));
            } else {
                close();
            }
        }

        @Override
        public void onReadComplete() {
            ServerConnection now = server;
            if (now != null && session != null && now.answers().isIdle() && !makingSettings) {
                tellParameters(now);
            }
            PooledBackend.this.onReadComplete();
        }

        @Override
        public void onWritability() {
            if (session != null) {
                session.onUpstreamWritability();
            }
        }

        @Override
        public void onLost(@Nullable String cause) {
            ServerConnection was = server;
            if (was != null) {
                lost(was, cause);
            }
        }

        @Override
        public void onHostUnfit() {
            boolean _ = leave();
        }

        @Override
        public void onTrouble(Throwable cause) {
            if (session != null) {
                session.onTrouble(cause);
            }
        }
    }

    /** What statements do to the session. */
    private final class Effects implements StatementRouting.Listener {

        @Override
        public void onSettingsChanged() {
            settingsChanged = true;
            if (server != null) {
                server.settingsUnknown();
            }
        }

        @Override
        public void onPinned(Pin why) {
            pins.add(why);
        }

        @Override
        public void onUnpinned(Pin why) {
            pins.remove(why);
        }

        @Override
        public void onReports(ByteBuf out) {
            if (server != null) {
                told.tell(server.reported(), out);
            }
        }

        @Override
        public void onIdentityLost(ErrorResponse error) {
            if (session != null) {
                session.onTrouble(
                        new IllegalStateException(
                                "the server could not be told who the session is for: "
                                        + error.sqlState()));
            }
        }
    }
}
