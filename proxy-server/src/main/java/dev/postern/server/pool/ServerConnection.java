package dev.postern.server.pool;

import dev.postern.protocol.BackendScanner;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendMessages;
import dev.postern.server.enforce.Peer;
import dev.postern.server.enforce.UpstreamEvents;
import dev.postern.server.pool.Owed.Kind;
import dev.postern.server.upstream.UpstreamConnection;
import dev.postern.server.upstream.UpstreamHandler;
import dev.postern.server.upstream.UpstreamHost;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to PostgreSQL with what is known of its session there. Used by one user at a time,
 * on its event loop.
 */
final class ServerConnection implements UpstreamEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    private static final int SMALL = 512;
    private static final String VERIFIED = "clean";

    /**
     * What a connection must be before another session gets it; the transaction's own setting tells
     * as much as the server's.
     */
    private static final String VERIFY =
            "SELECT '"
                    + VERIFIED
                    + "' WHERE pg_catalog.current_setting('transaction_read_only') = 'on'"
                    + " AND pg_catalog.current_setting('default_transaction_read_only') = 'on'"
                    + " AND session_user = current_user"
                    + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_settings WHERE source = 'session')"
                    + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_prepared_statements)"
                    + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable)"
                    + " AND NOT EXISTS (SELECT FROM pg_catalog.pg_listening_channels())";

    /** Who uses it. */
    interface User extends AnswerQueue.Sink {

        /** What was read at one time has been presented. */
        void onReadComplete();

        /** It takes bytes again, or no longer. */
        void onWritability();

        /** It is gone. */
        void onLost(@Nullable String cause);

        /** Its host is lost: it has to be left. */
        void onHostUnfit();

        /** Something went wrong in here. */
        void onTrouble(Throwable cause);
    }

    private final UpstreamConnection connection;
    private final Peer peer;
    private final Reported.Shared shared;
    private final ServerStatements statements = new ServerStatements();
    private final AnswerQueue answers;
    private final BackendScanner scanner;
    private final Consumer<ServerConnection> onGone;
    private final PoolObserver observer;
    private Map<String, String> settings = Map.of();
    private final boolean wasStandby;
    private String identity = "";
    private Reported reported;
    private @Nullable User user;
    private long idleSince;
    private boolean fresh = true;
    private boolean used;
    private boolean gone;

    /**
     * Takes a connection over.
     *
     * @param shared what connections beside it report
     * @param onGone called once when it is closed, by whomever
     */
    ServerConnection(
            UpstreamConnection connection,
            Reported.Shared shared,
            Consumer<ServerConnection> onGone,
            PoolObserver observer,
            long nowNanos) {
        this.connection = connection;
        this.peer = UpstreamHandler.peer(connection.channel());
        this.shared = shared;
        this.reported = shared.of(connection.parameterStatus());
        this.wasStandby = reported.inHotStandby();
        this.answers = new AnswerQueue(this::onReport, new Nobody());
        this.scanner = new BackendScanner(answers);
        this.onGone = onGone;
        this.observer = observer;
        observer.connections(connection.host(), false, 1);
        this.idleSince = nowNanos;
        connection.channel().pipeline().addLast("upstream", new UpstreamHandler(this));
        connection.channel().config().setAutoRead(true);
    }

    UpstreamConnection connection() {
        return connection;
    }

    UpstreamHost host() {
        return connection.host();
    }

    Peer peer() {
        return peer;
    }

    /** Returns what the server has reported of its settings up to now. */
    Reported reported() {
        return reported;
    }

    private void onReport(String name, String value) {
        reported = shared.with(reported, name, value);
    }

    ServerStatements statements() {
        return statements;
    }

    AnswerQueue answers() {
        return answers;
    }

    ByteBufAllocator allocator() {
        return connection.channel().alloc();
    }

    /** Tells whether nobody has used it yet. */
    boolean isFresh() {
        return fresh;
    }

    /** Tells whether its server was a standby and is none any more. */
    boolean isPromoted() {
        return wasStandby && !reported.inHotStandby();
    }

    boolean isGone() {
        return gone;
    }

    long idleSince() {
        return idleSince;
    }

    boolean isOf(SessionState state) {
        return identity.equals(state.identityOnly()) && hasSettingsOf(state);
    }

    boolean hasSettingsOf(SessionState state) {
        return Objects.equals(settings, state.settings());
    }

    /** It has been made one of a session. */
    void becomes(SessionState state) {
        settings = state.settings();
        identity = state.identityOnly();
        fresh = false;
    }

    /** Nobody can tell any more which settings it has. */
    void settingsUnknown() {
        settings = Map.of("", "");
    }

    void usedBy(User newUser) {
        count(true);
        user = newUser;
        answers.to(newUser);
    }

    void unused(long nowNanos) {
        count(false);
        user = null;
        answers.to(new Nobody());
        idleSince = nowNanos;
        peer.reading(true);
    }

    private void count(boolean inUse) {
        if (used != inUse) {
            observer.connections(connection.host(), used, -1);
            observer.connections(connection.host(), inUse, 1);
            used = inUse;
        }
    }

    /** Tells whoever uses it that its host should be left. */
    void hostUnfit() {
        if (user != null) {
            user.onHostUnfit();
        }
    }

    /** Asks something of Postern's own. */
    void ask(String sql, Owed.Outcome outcome) {
        ByteBuf out = allocator().buffer(SMALL);
        FrontendMessages.query(out, sql);
        peer.write(out);
        // A Query drops the unnamed statement.
        statements.put("", null);
        answers.add(new Owed(Kind.QUERY, true, outcome, null));
    }

    /**
     * Makes it as good as new, and has the server say that it is.
     *
     * @param whenDone is told whether it is
     */
    void reset(Consumer<Boolean> whenDone) {
        ask("DISCARD ALL", Owed.NOBODY);
        ask(
                VERIFY,
                new Owed.Outcome() {
                    @Override
                    public void succeeded(Owed owed) {
                        settings = Map.of();
                        identity = "";
                        statements.clear();
                        whenDone.accept(List.of(List.of(VERIFIED)).equals(owed.rows()));
                    }

                    @Override
                    public void failed(@Nullable ErrorResponse error) {
                        whenDone.accept(false);
                    }
                });
        peer.flush();
    }

    /** Ends it. */
    void close() {
        if (!gone) {
            ByteBuf goodbye = allocator().buffer(SMALL);
            FrontendMessages.terminate(goodbye);
            peer.write(goodbye);
            peer.close();
            lost(null);
        }
    }

    @Override
    public void onUpstreamBytes(ByteBuf in) {
        if (gone) {
            in.skipBytes(in.readableBytes());
        } else {
            answers.onCut();
            scanner.scan(in);
        }
    }

    @Override
    public void onUpstreamReadComplete() {
        if (user != null) {
            user.onReadComplete();
        }
    }

    @Override
    public void onUpstreamWritability() {
        if (user != null) {
            user.onWritability();
        }
    }

    @Override
    public void onUpstreamClosed(@Nullable String cause) {
        if (!gone) {
            peer.close();
            lost(cause);
        }
    }

    @Override
    public void onTrouble(Throwable cause) {
        LOG.error("error on a connection to the upstream", cause);
        User affected = user;
        if (affected != null) {
            affected.onTrouble(cause);
        }
        close();
    }

    private void lost(@Nullable String cause) {
        gone = true;
        observer.connections(connection.host(), used, -1);
        User affected = user;
        user = null;
        onGone.accept(this);
        if (affected != null) {
            affected.onLost(cause);
        }
        answers.abandon();
    }

    /** Nobody uses it: an error of the server's is followed by its closing, all else is none. */
    private final class Nobody implements AnswerQueue.Sink {

        @Override
        public void onAnswer(ByteBuf in) {
            in.skipBytes(in.readableBytes());
        }

        @Override
        public void onDesynchronized(String reason) {
            close();
        }
    }
}
