package dev.postern.server.enforce;

import dev.postern.audit.AuditEvent.Protocol;
import dev.postern.audit.EventId;
import dev.postern.policy.Denial;
import dev.postern.policy.Policy;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendFrame;
import dev.postern.protocol.FrontendMessage;
import dev.postern.protocol.FrontendType;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import dev.postern.session.Attempt;
import dev.postern.session.NamedObjects;
import dev.postern.session.ResponseTracker;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides about each message of an agent: it is judged and recorded and may then be forwarded, or
 * is refused as PostgreSQL would have refused it.
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
final class MessageGuard {

    /** What becomes of a message. */
    enum Step {
        /** It joins the bytes to forward. */
        FORWARD,
        /** It has been dealt with; its bytes go nowhere. */
        CONSUME,
        /** It stays where it is and is met again. */
        WAIT
    }

    /** How a refused message would have been answered. */
    private enum Kind {
        /** An error, then ReadyForQuery. */
        QUERY,
        /** An error, then nothing up to Sync. */
        EXTENDED
    }

    private enum WaitingFor {
        NOTHING,
        /** The verdict on the message at the head of the input. */
        VERDICT,
        /** Everything owed, before the message at the head of the input is refused. */
        ANSWERS
    }

    private final Supplier<Policy> policy;
    private final SessionLimits limits;
    private final @Nullable QueryQuota quota;
    private final SessionEnvironment environment;
    private final SessionAudit audit;
    private final ResponseTracker tracker;
    private final Downstream agent;
    private final Upstream upstream;
    private final SessionStatements statements = new SessionStatements();

    private WaitingFor waitingFor = WaitingFor.NOTHING;

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

    /** What is said to the agent. */
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

    /** What is said to the upstream. */
    interface Upstream {

        /** Forwards the messages that were allowed before the one in hand. */
        void forwardTaken();

        /** Sends a Flush. */
        void sendFlush();

        /** Sends a Query that cannot succeed. */
        void sendFailingQuery();

        /** Sends a Parse that cannot succeed. */
        void sendFailingParse();
    }

    MessageGuard(
            Supplier<Policy> policy,
            SessionLimits limits,
            @Nullable QueryQuota quota,
            SessionEnvironment environment,
            SessionAudit audit,
            ResponseTracker tracker,
            Downstream agent,
            Upstream upstream) {
        this.policy = policy;
        this.limits = limits;
        this.quota = quota;
        this.environment = environment;
        this.audit = audit;
        this.tracker = tracker;
        this.agent = agent;
        this.upstream = upstream;
    }

    /** Tells whether the message at the head of the input cannot be decided about yet. */
    boolean waiting() {
        return waitingFor != WaitingFor.NOTHING;
    }

    /** Answers have come. */
    void onAnswers() {
        if (waitingFor == WaitingFor.ANSWERS && tracker.owed() == 0) {
            waitingFor = WaitingFor.NOTHING;
        }
    }

    /** The message at the head of the input has been consumed. */
    void onConsumed() {
        headVerdict = null;
        headRefusal = null;
    }

    /** The upstream's transaction has ended, and with it its portals. */
    void onIdle() {
        tracker.clear(statements.portals());
    }

    /** Decides about a message. */
    Step on(FrontendMessage message) {
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
                    statements.prepared().remove("");
                }
                yield step;
            }
            case FrontendMessage.Parse(String name, SqlText text) -> {
                Step step = onParse(name, text);
                if (step == Step.CONSUME && name.isEmpty()) {
                    // PostgreSQL drops the unnamed statement before it looks at the new text.
                    statements.prepared().remove(name);
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
                Denial unknown = statements.check(allow, current);
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
                if (statements.prepared().size() >= limits.maxPreparedStatements()
                        && !name.isEmpty()) {
                    Verdict.Deny deny =
                            Denials.tooManyNames(
                                    allow.summary(),
                                    "prepared statements",
                                    limits.maxPreparedStatements());
                    yield refuse(Kind.EXTENDED, Protocol.EXTENDED, text, deny, headGateNanos);
                }
                Denial unknown = statements.check(allow, current);
                if (unknown != null) {
                    Verdict.Deny deny = new Verdict.Deny(allow.summary(), unknown);
                    yield refuse(Kind.EXTENDED, Protocol.EXTENDED, text, deny, headGateNanos);
                }
                EventId id = audit.decided(Protocol.EXTENDED, text, allow, headGateNanos);
                headVerdict = null;
                if (id == null) {
                    yield refuseUnrecorded(Kind.EXTENDED, allow.summary());
                }
                statements.onParse(name, current);
                JudgedStatement statement = new JudgedStatement(text, allow, current, id);
                tracker.parse(statements.prepared().put(name, statement), attempt(statement));
                yield Step.FORWARD;
            }
        };
    }

    private Step onBind(String portal, String name) {
        if (headRefusal != null) {
            return answerRefusal(Kind.EXTENDED, headRefusal);
        }
        JudgedStatement statement = statements.prepared().get(name);
        if (statement == null) {
            if (name.isEmpty()) {
                return refuseUnknown(
                        SqlState.INVALID_SQL_STATEMENT_NAME,
                        "unnamed prepared statement does not exist");
            }
            statement = SessionStatements.preparedInSql(name, policy.get());
            Denial unknown = statements.check(statement.verdict(), policy.get());
            if (unknown != null) {
                Verdict.Deny deny = new Verdict.Deny(statement.verdict().summary(), unknown);
                return refuse(Kind.EXTENDED, Protocol.EXTENDED, statement.text(), deny, 0);
            }
        }
        if (statements.portals().size() >= limits.maxPortals() && !portal.isEmpty()) {
            Verdict.Deny deny =
                    Denials.tooManyNames(
                            statement.verdict().summary(), "portals", limits.maxPortals());
            return refuse(Kind.EXTENDED, Protocol.EXTENDED, statement.text(), deny, 0);
        }
        tracker.bind(statements.portals().put(portal, statement), attempt(statement));
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
        JudgedStatement statement = statements.portals().get(portal);
        if (statement == null) {
            if (portal.isEmpty()) {
                return refuseUnknown(SqlState.INVALID_CURSOR_NAME, "portal \"\" does not exist");
            }
            statement = SessionStatements.declaredInSql(portal, policy.get());
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
                    Denial unknown = statements.check(allow, current);
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
                    case STATEMENT -> statements.prepared();
                    case PORTAL -> statements.portals();
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
        upstream.forwardTaken();
        agent.terminated();
        return Step.CONSUME;
    }

    /** Decides about a message of which only the length was looked at. */
    Step onTooLong(FrontendFrame.TooLong tooLong) {
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
                upstream.forwardTaken();
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
        return refuse(kind, protocol, null, Denials.tooLong(tooLong), 0);
    }

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
        waitingFor = WaitingFor.VERDICT;
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
        if (waitingFor != WaitingFor.VERDICT) {
            return;
        }
        headVerdict = verdict;
        headGateNanos = environment.nanoTime().getAsLong() - start;
        waitingFor = WaitingFor.NOTHING;
        agent.resume();
    }

    private boolean quotaUsedUp() {
        return quota != null && !quota.tryAcquire(environment.nanoTime().getAsLong());
    }

    private Verdict.Deny quotaDenial(StatementSummary summary) {
        return Denials.quota(summary, quota == null ? 0 : quota.perMinute());
    }

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
                upstream.forwardTaken();
                upstream.sendFlush();
            }
            headRefusal = error;
            waitingFor = WaitingFor.ANSWERS;
            return Step.WAIT;
        }
        if (tracker.skippingToSync()) {
            // What came before it in the pipeline has failed meanwhile.
            return Step.CONSUME;
        }
        byte status = tracker.transactionStatus();
        if (tracker.openPipeline() || status == 'T') {
            upstream.forwardTaken();
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
}
