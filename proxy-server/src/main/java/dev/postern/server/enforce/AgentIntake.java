package dev.postern.server.enforce;

import dev.postern.audit.AuditEvent.Protocol;
import dev.postern.audit.EventId;
import dev.postern.policy.Denial;
import dev.postern.policy.Policy;
import dev.postern.policy.PreparedNames;
import dev.postern.policy.PreparedStatements;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendFrame;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.FrontendMessage;
import dev.postern.protocol.FrontendType;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import dev.postern.session.Attempt;
import dev.postern.session.NamedObjects;
import dev.postern.session.ResponseTracker;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What an agent sends: each message is judged, recorded and then forwarded as it came, or refused
 * as PostgreSQL would have refused it.
 *
 * <pre>
 *        READING ──text never seen──▶ JUDGING ──verdict──▶ READING
 *          │  ▲
 *  refused │  └── everything owed has come: the error takes its place behind it
 *          ▼  │
 *       DRAINING
 * </pre>
 *
 * <p>A refusal waits until nothing is owed, so that it stands in its place in the stream and the
 * upstream's transaction status is known. Outside a transaction it is answered from here. Inside
 * one, or inside a pipeline of which something was forwarded, a statement that cannot succeed is
 * forwarded in its place, and its error replaced: so the upstream itself fails the transaction and
 * skips to Sync, exactly as for an error of its own.
 *
 * <p>All methods are called on the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html">PostgreSQL, Message
 *     Flow</a>
 */
final class AgentIntake {

    private enum State {
        READING,
        JUDGING,
        DRAINING,
        CLOSED
    }

    private enum Step {
        /** The message joins the bytes to forward. */
        FORWARD,
        /** The message has been dealt with; its bytes go nowhere. */
        CONSUME,
        /** The message stays where it is and is met again. */
        WAIT
    }

    /** How a refused message would have been answered. */
    private enum Kind {
        /** An error, then ReadyForQuery. */
        QUERY,
        /** An error, then nothing up to Sync. */
        EXTENDED
    }

    private final FrontendFrameReader frames;
    private final Supplier<Policy> policy;
    private final SessionLimits limits;
    private final @Nullable QueryQuota quota;
    private final SessionEnvironment environment;
    private final SessionAudit audit;
    private final ResponseTracker tracker;
    private final Downstream agent;
    private final Upstream upstream;
    private final NamedObjects<JudgedStatement> statements = new NamedObjects<>();
    private final NamedObjects<JudgedStatement> portals = new NamedObjects<>();

    private PreparedStatements prepared = new PreparedStatements();
    private @Nullable Policy preparedPolicy;

    private State state = State.READING;
    private boolean held;
    private int skipBytes;

    /** The input while it is taken, and how far it has been forwarded. */
    private @Nullable ByteBuf taking;

    private int forwardFrom;

    /** The verdict on the message at the head of the input, if it had to be waited for. */
    private @Nullable Verdict headVerdict;

    private @Nullable Policy headPolicy;
    private @Nullable SqlText headText;
    private long headGateNanos;

    /**
     * The recorded refusal of the message at the head of the input, while answers before it are
     * owed.
     */
    private @Nullable ErrorResponse headRefusal;

    /** What the intake says to the agent. */
    interface Downstream {

        /** Sends an error. */
        void error(ErrorResponse error);

        /** Sends ReadyForQuery. */
        void readyForQuery(byte transactionStatus);

        /** Ends the session with an error. */
        void fatal(ErrorResponse error);

        /** The agent has said goodbye. */
        void terminated();

        /** The intake can go on: present the input again. */
        void resume();
    }

    /** What the intake says to the upstream. */
    interface Upstream {

        /** Forwards {@code [from, to)} of the input. */
        void forward(ByteBuf in, int from, int to);

        /** Sends a Flush. */
        void sendFlush();

        /** Sends a Query that cannot succeed. */
        void sendFailingQuery();

        /** Sends a Parse that cannot succeed. */
        void sendFailingParse();
    }

    AgentIntake(
            FrontendFrameReader frames,
            Supplier<Policy> policy,
            SessionLimits limits,
            @Nullable QueryQuota quota,
            SessionEnvironment environment,
            SessionAudit audit,
            ResponseTracker tracker,
            Downstream agent,
            Upstream upstream) {
        this.frames = frames;
        this.policy = policy;
        this.limits = limits;
        this.quota = quota;
        this.environment = environment;
        this.audit = audit;
        this.tracker = tracker;
        this.agent = agent;
        this.upstream = upstream;
    }

    /** Tells whether the input has to wait, so that nothing more should be read from the agent. */
    boolean waiting() {
        return state != State.READING || held || tracker.owed() >= limits.maxPipeline();
    }

    /**
     * Answers have come, or a pause has ended: tells whether the input should be presented again.
     */
    boolean readyAgain() {
        if (state == State.DRAINING && tracker.owed() == 0) {
            state = State.READING;
        }
        return !waiting();
    }

    /** Holds the input back, or lets it go on. */
    void hold(boolean hold) {
        held = hold;
    }

    /** Takes nothing more. */
    void close() {
        state = State.CLOSED;
    }

    /** The upstream's transaction has ended, and with it its portals. */
    void onIdle() {
        tracker.clear(portals);
    }

    /**
     * Takes the messages that are whole.
     *
     * @param in its reader index is moved behind what was taken; neither kept nor released
     */
    void take(ByteBuf in) {
        int before = in.readerIndex();
        forwardFrom = before;
        while (in.isReadable() && !waiting()) {
            int at = in.readerIndex();
            if (skipBytes > 0) {
                int step = Math.min(skipBytes, in.readableBytes());
                skipBytes -= step;
                in.skipBytes(step);
                forwardFrom = in.readerIndex();
                continue;
            }
            FrontendFrame frame = frames.read(in, at);
            if (frame instanceof FrontendFrame.Incomplete) {
                break;
            }
            taking = in;
            if (!taken(in, at, frame)) {
                break;
            }
        }
        forwardTaken(in);
        taking = null;
        if (in.readerIndex() > before
                && tracker.openPipeline()
                && tracker.owed() >= limits.maxPipeline()) {
            // The upstream keeps its answers back for a Sync that may stand behind the messages
            // which now wait for them.
            upstream.sendFlush();
        }
    }

    /** Deals with what stands at the head; false if it has to wait, or is the last. */
    private boolean taken(ByteBuf in, int at, FrontendFrame frame) {
        Step step;
        int length;
        switch (frame) {
            case FrontendFrame.Whole(FrontendMessage message, int wholeLength) -> {
                step = on(message);
                length = wholeLength;
            }
            case FrontendFrame.TooLong tooLong -> {
                step = onTooLong(tooLong);
                length = 0;
                if (step == Step.CONSUME) {
                    skipBytes = tooLong.length();
                }
            }
            case FrontendFrame.Malformed(String reason) -> {
                forwardTaken(in);
                in.readerIndex(in.writerIndex());
                forwardFrom = in.readerIndex();
                agent.fatal(ErrorResponse.fatal(SqlState.PROTOCOL_VIOLATION, reason));
                return false;
            }
            case FrontendFrame.Incomplete incomplete -> {
                return false;
            }
        }
        switch (step) {
            case FORWARD -> in.readerIndex(at + length);
            case CONSUME -> {
                forwardTaken(in);
                in.readerIndex(at + length);
                forwardFrom = in.readerIndex();
                headVerdict = null;
                headRefusal = null;
            }
            case WAIT -> forwardTaken(in);
        }
        return true;
    }

    /** Forwards what was allowed so far, so that something else may follow it. */
    private void forwardTaken(ByteBuf in) {
        int from = forwardFrom;
        int to = in.readerIndex();
        forwardFrom = to;
        if (to > from) {
            upstream.forward(in, from, to);
        }
    }

    /** Likewise, from within a message. */
    private void forwardTaken() {
        ByteBuf in = taking;
        if (in != null) {
            forwardTaken(in);
        }
    }

    private Step on(FrontendMessage message) {
        if (tracker.skippingToSync()) {
            return switch (message) {
                case FrontendMessage.Sync sync -> onSync();
                case FrontendMessage.Terminate terminate -> onTerminate();
                case FrontendMessage.Query query -> Step.CONSUME;
                case FrontendMessage.Parse parse -> Step.CONSUME;
                case FrontendMessage.Bind bind -> Step.CONSUME;
                case FrontendMessage.Describe describe -> Step.CONSUME;
                case FrontendMessage.Execute execute -> Step.CONSUME;
                case FrontendMessage.Close close -> Step.CONSUME;
                case FrontendMessage.Flush flush -> Step.CONSUME;
                case FrontendMessage.FunctionCall call -> Step.CONSUME;
                case FrontendMessage.CopyIn copy -> Step.CONSUME;
            };
        }
        return switch (message) {
            case FrontendMessage.Query(SqlText text) -> {
                Step step = onQuery(text);
                if (step == Step.CONSUME) {
                    // PostgreSQL drops the unnamed statement at any Query.
                    statements.remove("");
                }
                yield step;
            }
            case FrontendMessage.Parse(String name, SqlText text) -> {
                Step step = onParse(name, text);
                if (step == Step.CONSUME && name.isEmpty()) {
                    // PostgreSQL drops the unnamed statement before it looks at the new text.
                    statements.remove(name);
                }
                yield step;
            }
            case FrontendMessage.Bind(String portal, String statement) -> onBind(portal, statement);
            case FrontendMessage.Describe(FrontendMessage.Target target, String name) ->
                    onDescribe(target);
            case FrontendMessage.Execute(String portal, int maxRows) -> onExecute(portal);
            case FrontendMessage.Close(FrontendMessage.Target target, String name) ->
                    onClose(target, name);
            case FrontendMessage.Sync sync -> onSync();
            case FrontendMessage.Flush flush -> Step.FORWARD;
            case FrontendMessage.Terminate terminate -> onTerminate();
            case FrontendMessage.FunctionCall call ->
                    refuse(Kind.QUERY, Protocol.SIMPLE, null, Denials.functionCall(), 0);
            case FrontendMessage.CopyIn copy -> Step.CONSUME;
        };
    }

    private Step onQuery(SqlText text) {
        if (headRefusal != null) {
            return answerRefusal(Kind.QUERY, headRefusal);
        }
        Policy current = policy.get();
        return switch (verdict(current, text)) {
            case null -> Step.WAIT;
            case Verdict.Deny deny ->
                    refuse(Kind.QUERY, Protocol.SIMPLE, text, deny, headGateNanos);
            case Verdict.Allow allow -> {
                Denial unknown = preparedUnder(current).check(allow);
                if (unknown != null) {
                    Verdict.Deny deny = new Verdict.Deny(allow.summary(), unknown);
                    yield refuse(Kind.QUERY, Protocol.SIMPLE, text, deny, headGateNanos);
                }
                if (quotaUsedUp()) {
                    yield refuse(
                            Kind.QUERY,
                            Protocol.SIMPLE,
                            text,
                            quotaDenial(allow.summary()),
                            headGateNanos);
                }
                EventId id = audit.decided(Protocol.SIMPLE, text, allow, headGateNanos);
                headVerdict = null;
                if (id == null) {
                    yield refuseUnrecorded(Kind.QUERY, allow.summary());
                }
                tracker.query(execution(id, Protocol.SIMPLE, allow.summary()));
                yield Step.FORWARD;
            }
        };
    }

    private Step onParse(String name, SqlText text) {
        if (headRefusal != null) {
            return answerRefusal(Kind.EXTENDED, headRefusal);
        }
        Policy current = policy.get();
        return switch (verdict(current, text)) {
            case null -> Step.WAIT;
            case Verdict.Deny deny ->
                    refuse(Kind.EXTENDED, Protocol.EXTENDED, text, deny, headGateNanos);
            case Verdict.Allow allow -> {
                if (statements.size() >= limits.maxPreparedStatements() && !name.isEmpty()) {
                    Verdict.Deny deny =
                            Denials.tooManyNames(
                                    allow.summary(),
                                    "prepared statements",
                                    limits.maxPreparedStatements());
                    yield refuse(Kind.EXTENDED, Protocol.EXTENDED, text, deny, headGateNanos);
                }
                Denial unknown = preparedUnder(current).check(allow);
                if (unknown != null) {
                    Verdict.Deny deny = new Verdict.Deny(allow.summary(), unknown);
                    yield refuse(Kind.EXTENDED, Protocol.EXTENDED, text, deny, headGateNanos);
                }
                EventId id = audit.decided(Protocol.EXTENDED, text, allow, headGateNanos);
                headVerdict = null;
                if (id == null) {
                    yield refuseUnrecorded(Kind.EXTENDED, allow.summary());
                }
                preparedUnder(current).onParse(inSql(name));
                JudgedStatement statement = new JudgedStatement(text, allow, current, id);
                tracker.parse(statements.put(name, statement), attempt(statement));
                yield Step.FORWARD;
            }
        };
    }

    private Step onBind(String portal, String name) {
        if (headRefusal != null) {
            return answerRefusal(Kind.EXTENDED, headRefusal);
        }
        JudgedStatement statement = statements.get(name);
        if (statement == null) {
            if (name.isEmpty()) {
                return refuseUnknown(
                        SqlState.INVALID_SQL_STATEMENT_NAME,
                        "unnamed prepared statement does not exist");
            }
            statement =
                    madeInSql("EXECUTE", name, new PreparedNames(Set.of(), Set.of(inSql(name))));
            Denial unknown = preparedUnder(policy.get()).check(statement.verdict());
            if (unknown != null) {
                Verdict.Deny deny = new Verdict.Deny(statement.verdict().summary(), unknown);
                return refuse(Kind.EXTENDED, Protocol.EXTENDED, statement.text(), deny, 0);
            }
        }
        if (portals.size() >= limits.maxPortals() && !portal.isEmpty()) {
            Verdict.Deny deny =
                    Denials.tooManyNames(
                            statement.verdict().summary(), "portals", limits.maxPortals());
            return refuse(Kind.EXTENDED, Protocol.EXTENDED, statement.text(), deny, 0);
        }
        tracker.bind(portals.put(portal, statement), attempt(statement));
        return Step.FORWARD;
    }

    private Step onDescribe(FrontendMessage.Target target) {
        switch (target) {
            case STATEMENT -> tracker.describeStatement();
            case PORTAL -> tracker.describePortal();
        }
        return Step.FORWARD;
    }

    private Step onExecute(String portal) {
        if (headRefusal != null) {
            return answerRefusal(Kind.EXTENDED, headRefusal);
        }
        JudgedStatement statement = portals.get(portal);
        if (statement == null) {
            if (portal.isEmpty()) {
                return refuseUnknown(SqlState.INVALID_CURSOR_NAME, "portal \"\" does not exist");
            }
            statement = madeInSql("FETCH", portal, PreparedNames.NONE);
        }
        Policy current = policy.get();
        if (!statement.judgedUnder(current)) {
            switch (verdict(current, statement.text())) {
                case null -> {
                    return Step.WAIT;
                }
                case Verdict.Deny deny -> {
                    return refuse(
                            Kind.EXTENDED,
                            Protocol.EXTENDED,
                            statement.text(),
                            deny,
                            headGateNanos);
                }
                case Verdict.Allow allow -> {
                    Denial unknown = preparedUnder(current).check(allow);
                    if (unknown != null) {
                        Verdict.Deny deny = new Verdict.Deny(allow.summary(), unknown);
                        return refuse(
                                Kind.EXTENDED,
                                Protocol.EXTENDED,
                                statement.text(),
                                deny,
                                headGateNanos);
                    }
                    statement.rejudged(allow, current);
                }
            }
        }
        StatementSummary summary = statement.verdict().summary();
        if (quotaUsedUp()) {
            return refuse(
                    Kind.EXTENDED, Protocol.EXTENDED, statement.text(), quotaDenial(summary), 0);
        }
        EventId id = statement.takeDecision();
        if (id == null) {
            id = audit.decided(Protocol.EXTENDED, statement.text(), statement.verdict(), 0);
        }
        headVerdict = null;
        if (id == null) {
            return refuseUnrecorded(Kind.EXTENDED, summary);
        }
        tracker.execute(execution(id, Protocol.EXTENDED, summary));
        return Step.FORWARD;
    }

    private Step onClose(FrontendMessage.Target target, String name) {
        NamedObjects<JudgedStatement> objects =
                switch (target) {
                    case STATEMENT -> statements;
                    case PORTAL -> portals;
                };
        tracker.close(objects.remove(name));
        return Step.FORWARD;
    }

    private Step onSync() {
        if (tracker.skippingToSync() && !tracker.openPipeline()) {
            // Nothing of this pipeline was forwarded, so the upstream has nothing to synchronize.
            tracker.syncAnswered();
            agent.readyForQuery(tracker.transactionStatus());
            return Step.CONSUME;
        }
        tracker.sync();
        return Step.FORWARD;
    }

    private Step onTerminate() {
        forwardTaken();
        agent.terminated();
        return Step.CONSUME;
    }

    private Step onTooLong(FrontendFrame.TooLong tooLong) {
        if (tracker.skippingToSync()) {
            return Step.CONSUME;
        }
        @Nullable Kind kind =
                switch (tooLong.type()) {
                    case FrontendType.QUERY, FrontendType.FUNCTION_CALL -> Kind.QUERY;
                    case FrontendType.PARSE, FrontendType.BIND -> Kind.EXTENDED;
                    default -> null;
                };
        if (kind == null) {
            if (tooLong.type() != FrontendType.COPY_DATA
                    && tooLong.type() != FrontendType.COPY_FAIL) {
                forwardTaken();
                agent.fatal(
                        ErrorResponse.fatal(
                                SqlState.PROTOCOL_VIOLATION,
                                "message of type '"
                                        + (char) tooLong.type()
                                        + "' and "
                                        + tooLong.length()
                                        + " bytes is longer than the "
                                        + tooLong.limit()
                                        + " allowed"));
            }
            return Step.CONSUME;
        }
        if (headRefusal != null) {
            return answerRefusal(kind, headRefusal);
        }
        Protocol protocol = kind == Kind.QUERY ? Protocol.SIMPLE : Protocol.EXTENDED;
        return refuse(kind, protocol, null, Denials.tooLong(tooLong.length(), tooLong.limit()), 0);
    }

    // ---- verdicts

    /** Returns the verdict on the message at the head; {@code null} if it has to be waited for. */
    @SuppressWarnings("ReferenceEquality") // a policy is replaced as a whole
    private @Nullable Verdict verdict(Policy current, SqlText text) {
        if (headVerdict != null
                && headPolicy == current
                && headText != null
                && headText.equals(text)) {
            return headVerdict;
        }
        long start = environment.nanoTime().getAsLong();
        @Nullable Verdict verdict = environment.judge().cached(current, text);
        if (verdict != null) {
            headGateNanos = environment.nanoTime().getAsLong() - start;
            return verdict;
        }
        state = State.JUDGING;
        headPolicy = current;
        headText = text;
        headVerdict = null;
        environment
                .judge()
                .judge(
                        current,
                        text,
                        found -> environment.eventLoop().execute(() -> onVerdict(found, start)));
        return null;
    }

    private void onVerdict(Verdict verdict, long start) {
        if (state != State.JUDGING) {
            return;
        }
        headVerdict = verdict;
        headGateNanos = environment.nanoTime().getAsLong() - start;
        state = State.READING;
        agent.resume();
    }

    private boolean quotaUsedUp() {
        return quota != null && !quota.tryAcquire(environment.nanoTime().getAsLong());
    }

    private Verdict.Deny quotaDenial(StatementSummary summary) {
        return Denials.quota(summary, quota == null ? 0 : quota.perMinute());
    }

    // ---- refusals

    private Step refuse(
            Kind kind,
            Protocol protocol,
            @Nullable SqlText text,
            Verdict.Deny deny,
            long gateNanos) {
        audit.decided(protocol, text, deny, gateNanos);
        return answerRefusal(kind, DenialResponse.of(deny.denial()));
    }

    private Step refuseUnrecorded(Kind kind, StatementSummary summary) {
        return answerRefusal(kind, DenialResponse.of(Denials.auditUnavailable(summary).denial()));
    }

    private Step refuseUnknown(SqlState sqlState, String message) {
        return answerRefusal(Kind.EXTENDED, ErrorResponse.error(sqlState, message));
    }

    private Step answerRefusal(Kind kind, ErrorResponse error) {
        if (tracker.owed() > 0) {
            if (tracker.openPipeline()) {
                forwardTaken();
                upstream.sendFlush();
            }
            headRefusal = error;
            state = State.DRAINING;
            return Step.WAIT;
        }
        if (tracker.skippingToSync()) {
            // What came before it in the pipeline has failed meanwhile.
            return Step.CONSUME;
        }
        byte status = tracker.transactionStatus();
        if (tracker.openPipeline() || status == 'T') {
            forwardTaken();
            switch (kind) {
                case QUERY -> {
                    upstream.sendFailingQuery();
                    tracker.refusedQuery(() -> agent.error(error));
                }
                case EXTENDED -> {
                    upstream.sendFailingParse();
                    tracker.refusedExtended(() -> agent.error(error));
                }
            }
            return Step.CONSUME;
        }
        agent.error(status == 'E' ? transactionFailed() : error);
        switch (kind) {
            case QUERY -> agent.readyForQuery(status);
            case EXTENDED -> tracker.skipToSync();
        }
        return Step.CONSUME;
    }

    private static ErrorResponse transactionFailed() {
        return ErrorResponse.error(
                SqlState.IN_FAILED_SQL_TRANSACTION,
                "current transaction is aborted, commands ignored until end of transaction block");
    }

    // ---- what is remembered of statements

    /**
     * The names that were prepared under a policy: what stands behind a name is judged again by
     * being prepared again.
     */
    @SuppressWarnings("ReferenceEquality") // a policy is replaced as a whole
    private PreparedStatements preparedUnder(Policy current) {
        if (preparedPolicy != current) {
            preparedPolicy = current;
            prepared = new PreparedStatements();
        }
        return prepared;
    }

    /** A name as SQL has it. */
    private static String inSql(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private AuditedExecution execution(EventId id, Protocol protocol, StatementSummary summary) {
        return new AuditedExecution(
                environment.nanoTime().getAsLong(), id, protocol, summary.command());
    }

    private Attempt attempt(JudgedStatement statement) {
        return error -> {
            EventId decision = statement.takeDecision();
            if (decision != null) {
                audit.failedBeforeExecution(
                        decision, statement.verdict().summary().command(), error);
            }
        };
    }

    /**
     * A name that no Parse or Bind of this session made: an SQL PREPARE or DECLARE did, which was
     * judged, or nothing, which the upstream will say.
     */
    private JudgedStatement madeInSql(String command, String name, PreparedNames prepared) {
        byte[] text =
                (command + " \"" + name.replace("\"", "\"\"") + "\"")
                        .getBytes(StandardCharsets.ISO_8859_1);
        return new JudgedStatement(
                SqlText.owning(text),
                new Verdict.Allow(
                        new StatementSummary(command, "", List.of(), List.of()), prepared),
                policy.get(),
                null);
    }
}
