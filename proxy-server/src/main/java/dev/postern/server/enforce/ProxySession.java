package dev.postern.server.enforce;

import dev.postern.audit.SessionContext;
import dev.postern.policy.Policy;
import dev.postern.policy.SessionEffects;
import dev.postern.protocol.BackendMessage;
import dev.postern.protocol.BackendMessages;
import dev.postern.protocol.BackendScanner;
import dev.postern.protocol.BindParts;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.FrontendMessages;
import dev.postern.protocol.ParseParts;
import dev.postern.protocol.SqlState;
import dev.postern.session.Execution;
import dev.postern.session.ResponseTracker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One agent's session on one upstream connection, from the first query to the last answer. Bytes
 * come in from both sides; what the agent sends goes through {@link AgentIntake} and {@link
 * MessageGuard}, what the upstream sends through {@link BackendScanner} and {@link
 * ResponseTracker}.
 *
 * <p>All methods are called on the session's event loop.
 */
public final class ProxySession implements BackendEvents {

    private static final int SMALL = 256;

    /** Named, so that the unnamed statement stays what it is. */
    private static final String REFUSED_STATEMENT = "postern_refused";

    private final SessionLimits limits;
    private final SessionHooks hooks;
    private final ByteBufAllocator allocator;
    private final Peer agent;
    private final UpstreamPeer upstream;
    private final SessionAudit audit;
    private final ResponseTracker tracker;
    private final BackendScanner scanner;
    private final MessageGuard guard;
    private final AgentIntake intake;
    private final LongSupplier nanoTime;
    private final ResultLimits results;
    private final boolean standbyRequired;
    private boolean agentReading = true;
    private int cancelsUnderway;
    private long lastEndedNanos;
    private @Nullable ErrorResponse broken;
    private boolean active = true;
    private long idleSince;
    private boolean closed;
    private boolean draining;

    /**
     * Makes a session whose both sides are ready and idle.
     *
     * @param policy the policy that applies, asked at each statement
     * @param quota {@code null}: unlimited
     * @param standbyRequired end the session if the upstream stops being a standby
     */
    public ProxySession(
            SessionContext context,
            FrontendFrameReader frames,
            Supplier<Policy> policy,
            SessionLimits limits,
            @Nullable QueryQuota quota,
            boolean standbyRequired,
            SessionEnvironment environment,
            SessionHooks hooks,
            ByteBufAllocator allocator,
            Peer agent,
            UpstreamPeer upstream) {
        this.limits = limits;
        this.hooks = hooks;
        this.allocator = allocator;
        this.agent = agent;
        this.upstream = upstream;
        this.standbyRequired = standbyRequired;
        this.results = new ResultLimits(limits, policy.get().name());
        this.nanoTime = environment.nanoTime();
        this.lastEndedNanos = nanoTime.getAsLong();
        this.audit = new SessionAudit(environment, context);
        this.tracker = new ResponseTracker(new Answers(), environment.nanoTime());
        this.scanner = new BackendScanner(new Stream());
        ToUpstream toUpstream = new ToUpstream();
        this.guard =
                new MessageGuard(
                        policy,
                        limits,
                        quota,
                        environment,
                        hooks,
                        audit,
                        tracker,
                        new ToAgent(),
                        toUpstream);
        this.intake = new AgentIntake(frames, limits.maxPipeline(), tracker, guard, toUpstream);
    }

    /**
     * Records the session's beginning; false if it cannot be recorded, and then the session must
     * not go on.
     */
    public boolean open() {
        return audit.opened();
    }

    /**
     * Bytes of the agent.
     *
     * @param in its reader index is moved behind what was taken; the rest is to be presented again,
     *     with what follows it or when {@link Peer#reading} is enabled again. Neither kept nor
     *     released.
     */
    public void onAgentBytes(ByteBuf in) {
        if (closed) {
            in.skipBytes(in.readableBytes());
            return;
        }
        active = true;
        intake.take(in);
        if (intake.waiting() && agentReading) {
            agentReading = false;
            agent.reading(false);
        }
    }

    /** The bytes read from the agent at one time are all presented. */
    public void onAgentReadComplete() {
        upstream.flush();
    }

    /**
     * Bytes of the upstream.
     *
     * @param in as for {@link #onAgentBytes}; what is left grows by {@link BackendScanner#missing}
     *     before it is presented again
     */
    @Override
    public void onUpstreamBytes(ByteBuf in) {
        if (closed) {
            in.skipBytes(in.readableBytes());
            return;
        }
        scanner.scan(in);
        if (broken != null) {
            fatal(broken);
            return;
        }
        if (!agent.isWritable()) {
            // Most often the agent's connection takes it all at once, and nothing has to stop.
            agent.flush();
            if (!agent.isWritable()) {
                upstream.reading(false);
            }
        }
    }

    /** The bytes read from the upstream at one time are all presented. */
    @Override
    public void onUpstreamReadComplete() {
        agent.flush();
        if (draining && tracker.owed() == 0 && tracker.transactionStatus() == 'I') {
            shutDown();
        } else {
            goOn();
        }
    }

    /** The agent takes bytes again, or no longer. */
    public void onAgentWritability() {
        upstream.reading(agent.isWritable());
    }

    /** The upstream takes bytes again, or no longer. */
    @Override
    public void onUpstreamWritability() {
        holdOrGoOn();
    }

    /** The agent's connection is gone. */
    public void onAgentClosed(@Nullable String cause) {
        if (closed) {
            return;
        }
        boolean running = tracker.current() != null;
        if (running) {
            hooks.cancelUpstream(() -> {});
        }
        end(
                cause == null
                        ? "the agent closed the connection"
                        : "the agent's connection failed: " + cause,
                ErrorResponse.error(SqlState.CONNECTION_FAILURE, "the agent's connection was lost"),
                cause == null ? null : SqlState.CONNECTION_FAILURE.code());
    }

    /** The upstream's connection is gone. */
    @Override
    public void onUpstreamClosed(@Nullable String cause) {
        if (!closed) {
            fail(
                    SqlState.CONNECTION_FAILURE,
                    "the connection to the database server was lost"
                            + (tracker.owed() > 0 ? " while it was answering" : ""),
                    "Connect again; nothing was changed.");
        }
    }

    /**
     * The host that the session is on must not be used any more, or does not answer. A session that
     * has nothing there goes on with another.
     *
     * @param reason why, in words that name no host
     * @return whether the session has ended
     */
    public boolean onHostLost(String reason) {
        if (closed || upstream.leave()) {
            return false;
        }
        if (tracker.owed() > 0) {
            fail(
                    SqlState.CONNECTION_FAILURE,
                    "the connection to the database server was given up while it was answering: "
                            + reason,
                    "Connect again to reach another replica; nothing was changed.");
        } else {
            fail(
                    SqlState.ADMIN_SHUTDOWN,
                    "terminating connection: the database server is no longer fit to serve: "
                            + reason,
                    "Connect again to reach another replica.");
        }
        return true;
    }

    /** Something went wrong in here: nothing that is not understood goes on. */
    @Override
    public void onTrouble(Throwable cause) {
        if (!closed) {
            fail(
                    SqlState.INTERNAL_ERROR,
                    "internal error: " + cause.getClass().getSimpleName(),
                    null);
        }
    }

    /**
     * A CancelRequest with this session's key has come.
     *
     * @param whenSent called once it has been passed on, or there is nothing to cancel
     */
    public void onCancelRequest(Runnable whenSent) {
        if (closed || tracker.owed() == 0) {
            whenSent.run();
            return;
        }
        audit.cancelRequested();
        hooks.cancelUpstream(whenSent);
    }

    /**
     * Time has passed: stops a statement that has run too long, and ends a session that does
     * nothing.
     */
    public void onTick(long nowNanos) {
        if (closed) {
            return;
        }
        stopOverdue(nowNanos);
        if (active || tracker.owed() > 0) {
            active = false;
            idleSince = nowNanos;
            return;
        }
        Duration idleTimeout = limits.idleTimeout();
        if (idleTimeout != null && nowNanos - idleSince > idleTimeout.toNanos()) {
            fail(
                    SqlState.IDLE_SESSION_TIMEOUT,
                    "terminating connection due to idle-session timeout",
                    "Connect again.");
        }
    }

    private void stopOverdue(long nowNanos) {
        Duration timeout = limits.statementTimeout();
        Execution running = tracker.current();
        if (timeout != null
                && running != null
                && !running.interrupted()
                && nowNanos - running.startNanos() > timeout.toNanos()
                && nowNanos - lastEndedNanos > timeout.toNanos()) {
            running.interrupt();
            cancelAndHold();
        }
    }

    /** The agent's credential has been revoked or has ended. */
    public void onRevoked() {
        if (!closed) {
            fail(
                    SqlState.ADMIN_SHUTDOWN,
                    "terminating connection: this agent's credential is no longer valid",
                    "Ask the operator for a new credential.");
        }
    }

    /** Lets what is running end, then ends the session. */
    public void onDrain() {
        draining = true;
        if (!closed && tracker.owed() == 0 && tracker.transactionStatus() == 'I') {
            shutDown();
        }
    }

    /** The session cannot begin. */
    @Override
    public void onRefused(ErrorResponse error) {
        if (!closed) {
            fatal(error);
        }
    }

    /** Ends the session at once. */
    public void onShutdown() {
        if (!closed) {
            shutDown();
        }
    }

    private void shutDown() {
        fail(
                SqlState.ADMIN_SHUTDOWN,
                "terminating connection: Postern is shutting down",
                "Connect again.");
    }

    private void goOn() {
        if (!closed && !agentReading && intake.readyAgain()) {
            agentReading = true;
            agent.reading(true);
        }
    }

    /**
     * Nothing more is forwarded while a cancel request is under way: it would hit the next
     * statement.
     */
    private void cancelAndHold() {
        cancelsUnderway++;
        intake.hold(true);
        hooks.cancelUpstream(() -> {
            cancelsUnderway--;
            holdOrGoOn();
        });
    }

    private void holdOrGoOn() {
        intake.hold(cancelsUnderway > 0 || !upstream.isWritable());
        goOn();
    }

    private void fail(SqlState sqlState, String message, @Nullable String hint) {
        fatal(ErrorResponse.fatal(sqlState, message).withHint(hint));
    }

    /** Ends the session once what was scanned before has been forwarded. */
    private void breakOff(SqlState sqlState, String message, @Nullable String hint) {
        if (broken == null) {
            broken = ErrorResponse.fatal(sqlState, message).withHint(hint);
        }
    }

    private void fatal(ErrorResponse error) {
        if (!closed && !scanner.insideMessage()) {
            write(error);
        }
        end(error.message(), error, error.sqlState());
    }

    private void end(String why, ErrorResponse unfinished, @Nullable String sqlState) {
        if (closed) {
            return;
        }
        closed = true;
        intake.close();
        tracker.abandon(unfinished);
        audit.closed(why, sqlState);
        ByteBuf goodbye = allocator.buffer(SMALL);
        FrontendMessages.terminate(goodbye);
        upstream.write(goodbye);
        upstream.close();
        agent.close();
        hooks.onClosed();
    }

    private void write(ErrorResponse error) {
        ByteBuf out = allocator.buffer(SMALL);
        BackendMessages.errorResponse(out, error);
        agent.write(out);
    }

    /** The upstream's byte stream. */
    private final class Stream implements BackendScanner.Listener {

        @Override
        public boolean onStart(byte type, int length) {
            return !closed && broken == null && tracker.onStart(type, length);
        }

        @Override
        public void onEnd(byte type, @Nullable BackendMessage message) {
            if (closed || broken != null) {
                return;
            }
            if (message instanceof BackendMessage.ParameterStatus(String name, String value)) {
                onParameterStatus(name, value);
            }
            tracker.onEnd(type, message);
        }

        @Override
        public void onForward(ByteBuf in, int from, int to) {
            if (!closed) {
                agent.write(in.retainedSlice(from, to - from));
            }
        }

        @Override
        public void onMalformed(String reason) {
            breakOff(
                    SqlState.PROTOCOL_VIOLATION,
                    "the database server's answer was not understood: " + reason,
                    null);
        }

        private void onParameterStatus(String name, String value) {
            if (name.equals("default_transaction_read_only") && !value.equals("on")) {
                breakOff(
                        SqlState.CANNOT_CONNECT_NOW,
                        "the session is no longer read-only",
                        "Connect again.");
            } else if (name.equals("in_hot_standby") && !value.equals("on") && standbyRequired) {
                breakOff(
                        SqlState.CANNOT_CONNECT_NOW,
                        "the database server is no longer a standby",
                        "Connect again to reach another replica.");
            }
        }
    }

    /** What the upstream's messages mean. */
    private final class Answers implements ResponseTracker.Listener {

        @Override
        public void onExecutionEnded(Execution execution) {
            lastEndedNanos = nanoTime.getAsLong();
            audit.completed((AuditedExecution) execution);
        }

        @Override
        public boolean mayPass(Execution execution, int length) {
            return ((AuditedExecution) execution).isAnswer()
                    || results.leaveRoom(execution, length);
        }

        @Override
        public void onInterrupted(Execution execution) {
            ErrorResponse error = results.reached(execution);
            execution.fail(error);
            write(error);
            if (!execution.interrupted()) {
                cancelAndHold();
            }
        }

        @Override
        public void onReadyForQuery() {
            if (tracker.transactionStatus() == 'I') {
                guard.onIdle();
            }
        }

        @Override
        public void onDesynchronized(String reason) {
            breakOff(
                    SqlState.PROTOCOL_VIOLATION,
                    "the database server's answer was not understood: " + reason,
                    null);
        }
    }

    /** What is said to the agent. */
    private final class ToAgent implements MessageGuard.Downstream {

        @Override
        public void error(ErrorResponse error) {
            write(error);
            agent.flush();
        }

        @Override
        public void readyForQuery(byte transactionStatus) {
            ByteBuf out = allocator.buffer(SMALL);
            BackendMessages.readyForQuery(out, (char) transactionStatus);
            agent.write(out);
            agent.flush();
        }

        @Override
        public void fatal(ErrorResponse error) {
            ProxySession.this.fatal(error);
        }

        @Override
        public void terminated() {
            end(
                    "the agent said goodbye",
                    ErrorResponse.error(SqlState.CONNECTION_FAILURE, "the agent left"),
                    null);
        }

        @Override
        public void resume() {
            goOn();
        }
    }

    /** What goes to the upstream. */
    private final class ToUpstream implements MessageGuard.Upstream, AgentIntake.Output {

        @Override
        public void forwardTaken() {
            intake.forwardTaken();
        }

        @Override
        public void fatal(ErrorResponse error) {
            ProxySession.this.fatal(error);
        }

        @Override
        public void forward(ByteBuf in, int from, int to) {
            send(in.retainedSlice(from, to - from));
        }

        @Override
        public ParseParts parseInHand() {
            return intake.parseInHand();
        }

        @Override
        public BindParts bindInHand() {
            return intake.bindInHand();
        }

        @Override
        public void announce(SessionEffects effects) {
            upstream.announce(effects);
        }

        @Override
        public void sendInPlace(Consumer<ByteBuf> message) {
            intake.forwardTaken();
            ByteBuf out = allocator.buffer(SMALL);
            message.accept(out);
            send(out);
        }

        private void send(ByteBuf out) {
            upstream.write(out);
            if (!upstream.isWritable()) {
                intake.hold(true);
            }
        }

        @Override
        public void sendFlush() {
            ByteBuf out = allocator.buffer(SMALL);
            FrontendMessages.flush(out);
            upstream.write(out);
            upstream.flush();
        }

        @Override
        public void sendFailingQuery() {
            ByteBuf out = allocator.buffer(SMALL);
            FrontendMessages.failingQuery(out);
            upstream.write(out);
            upstream.flush();
        }

        @Override
        public void sendFailingParse() {
            ByteBuf out = allocator.buffer(SMALL);
            FrontendMessages.failingParse(out, REFUSED_STATEMENT);
            upstream.write(out);
            upstream.flush();
        }
    }
}
