package dev.postern.server.enforce;

import dev.postern.audit.AuditEvent.Protocol;
import dev.postern.audit.EventId;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.Oids;
import dev.postern.policy.Denial;
import dev.postern.policy.Policy;
import dev.postern.policy.Questions;
import dev.postern.policy.SessionEffects;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.BindParts;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendFrame;
import dev.postern.protocol.FrontendMessage;
import dev.postern.protocol.FrontendMessages;
import dev.postern.protocol.FrontendType;
import dev.postern.protocol.ParseParts;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import dev.postern.server.enforce.HeadRefusal.Kind;
import dev.postern.session.Attempt;
import dev.postern.session.NamedObjects;
import dev.postern.session.ResponseTracker;
import dev.postern.sql.Statement;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides about each message of an agent: it is judged and recorded and may then be forwarded, or
 * is refused as PostgreSQL would have refused it ({@link HeadRefusal}), or is a question, and what
 * yields its answer is sent in its place ({@link QuestionAnswers}).
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
        /** Another message went to the upstream in its place; its bytes go nowhere. */
        REPLACE,
        /** It stays where it is and is met again. */
        WAIT
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
    private final SessionCatalog catalog;
    private final SearchPathTracker paths;
    private final HeadVerdicts verdicts;
    private final HeadRefusal refusal;
    private final QuestionAnswers answers;
    private Basis basis;
    private @Nullable SessionEffects effects;

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

        /** Returns the Parse that is decided about. */
        ParseParts parseInHand();

        /** Returns the Bind that is decided about. */
        BindParts bindInHand();

        /**
         * Sends another message in place of the one in hand, behind those that were allowed before.
         *
         * @param message writes it
         */
        void sendInPlace(Consumer<ByteBuf> message);

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
            SessionHooks hooks,
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
        this.catalog = new SessionCatalog(environment.catalog(), environment.searchPath());
        this.paths = new SearchPathTracker(catalog, tracker);
        this.basis = new Basis(policy.get(), catalog.view());
        this.verdicts = new HeadVerdicts(environment, catalog, agent::resume);
        this.refusal = new HeadRefusal(tracker, agent, upstream);
        this.answers = new QuestionAnswers(hooks, verdicts, statements);
    }

    /** Tells whether the message at the head of the input cannot be decided about yet. */
    boolean waiting() {
        return verdicts.waiting() || refusal.waiting();
    }

    /** Answers have come. */
    void onAnswers() {
        refusal.onAnswers();
    }

    /** The message at the head of the input has been consumed. */
    void onConsumed() {
        refusal.onConsumed();
    }

    /** The upstream's transaction has ended, and with it its portals. */
    void onIdle() {
        paths.onIdle();
        statements.portals().endSettled();
    }

    /** Decides about a message. */
    Step on(FrontendMessage message) {
        Step step = decide(message);
        if (step != Step.WAIT) {
            verdicts.forget();
        }
        return step;
    }

    /** Returns what is judged on now. */
    @SuppressWarnings("ReferenceEquality") // both are replaced as a whole
    private Basis basis() {
        Policy currentPolicy = policy.get();
        CatalogView view = catalog.view();
        if (basis.policy() != currentPolicy || basis.view() != view) {
            basis = new Basis(currentPolicy, view);
        }
        return basis;
    }

    private static Oids usersTypes(List<Integer> types) {
        if (types.isEmpty()) {
            return Oids.NONE;
        }
        return Oids.of(
                types.stream()
                        .filter(type -> !Catalog.isBuiltIn(type))
                        .mapToInt(Integer::intValue)
                        .distinct()
                        .sorted()
                        .toArray());
    }

    private Step decide(FrontendMessage message) {
        paths.onMessage(message);
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
        ErrorResponse refused = refusal.pending();
        if (refused != null) {
            return refusal.answer(Kind.QUERY, refused);
        }
        Basis current = basis();
        Verdict verdict = verdicts.get(current, text);
        if (verdict == null) {
            return Step.WAIT;
        }
        Verdict.Deny deny = denial(verdict, current, null);
        Statement.Question question = deny == null ? question(verdict) : null;
        String answer = question == null ? null : answers.text(question, current);
        if (question != null && answer == null) {
            return Step.WAIT;
        }
        if (deny == null) {
            deny = notNow(verdict, current);
        }
        if (deny != null) {
            return refuse(Kind.QUERY, Protocol.SIMPLE, text, deny, verdicts.gateNanos());
        }
        EventId id = audit.decided(Protocol.SIMPLE, text, verdict, verdicts.gateNanos());
        if (id == null) {
            return refuseUnrecorded(Kind.QUERY, verdict.summary());
        }
        AuditedExecution execution = execution(id, Protocol.SIMPLE, verdict);
        onForwarded(verdict, execution);
        tracker.query(execution);
        if (answer != null) {
            upstream.sendInPlace(out -> FrontendMessages.query(out, answer));
            return Step.REPLACE;
        }
        return Step.FORWARD;
    }

    private Step onParse(String name, SqlText text) {
        ErrorResponse refused = refusal.pending();
        if (refused != null) {
            return refusal.answer(Kind.EXTENDED, refused);
        }
        Basis current = basis();
        ParseParts inHand = upstream.parseInHand();
        Oids parameterTypes = usersTypes(inHand.parameterTypes());
        Verdict verdict = verdicts.get(current, parameterTypes, text);
        if (verdict == null) {
            return Step.WAIT;
        }
        Statement.Question question = question(verdict);
        ParseParts parts = question == null ? null : inHand;
        Verdict.Deny deny =
                verdict instanceof Verdict.Deny denied
                        ? denied
                        : tooManyStatements(name, verdict.summary());
        if (deny == null) {
            deny = denial(verdict, current, parts);
        }
        if (deny != null) {
            return refuse(Kind.EXTENDED, Protocol.EXTENDED, text, deny, verdicts.gateNanos());
        }
        String answer = question == null ? null : answers.text(question, current);
        if (question != null && answer == null) {
            return Step.WAIT;
        }
        EventId id = audit.decided(Protocol.EXTENDED, text, verdict, verdicts.gateNanos());
        if (id == null) {
            return refuseUnrecorded(Kind.EXTENDED, verdict.summary());
        }
        statements.onParse(name, current);
        JudgedStatement statement = new JudgedStatement(text, parameterTypes, verdict, current, id);
        tracker.parse(statements.prepared().put(name, statement), attempt(statement));
        if (parts != null && answer != null) {
            upstream.sendInPlace(out -> parts.writeWithText(out, answer));
            return Step.REPLACE;
        }
        return Step.FORWARD;
    }

    private Step onBind(String portal, String name) {
        ErrorResponse refused = refusal.pending();
        if (refused != null) {
            return refusal.answer(Kind.EXTENDED, refused);
        }
        Basis current = basis();
        JudgedStatement statement = statements.prepared().get(name);
        if (statement == null) {
            if (name.isEmpty()) {
                return refuseUnknown(
                        SqlState.INVALID_SQL_STATEMENT_NAME,
                        "unnamed prepared statement does not exist");
            }
            statement = SessionStatements.preparedInSql(name, current);
            Verdict.Deny deny = denial(statement.verdict(), current, null);
            if (deny != null) {
                return refuse(Kind.EXTENDED, Protocol.EXTENDED, statement.text(), deny, 0);
            }
        }
        if (statements.portals().size() >= limits.maxPortals() && !portal.isEmpty()) {
            Verdict.Deny deny =
                    Denials.tooManyNames(
                            statement.verdict().summary(), "portals", limits.maxPortals());
            return refuse(Kind.EXTENDED, Protocol.EXTENDED, statement.text(), deny, 0);
        }
        if (QuestionAnswers.takesParameter(statement.question())) {
            return onBindOfCheck(portal, statement, current);
        }
        tracker.bind(statements.portals().put(portal, statement), attempt(statement));
        return Step.FORWARD;
    }

    /** The parameter holds SQL to judge: the verdict takes its place. */
    private Step onBindOfCheck(String portal, JudgedStatement statement, Basis current) {
        BindParts parts = upstream.bindInHand();
        // NULL, and a number of parameters that is not one, are answered by the upstream.
        byte[] sql = parts.parameters() == 1 ? parts.firstParameter() : null;
        String answer = sql == null ? null : answers.check(sql, current);
        if (sql != null && answer == null) {
            return Step.WAIT;
        }
        JudgedStatement bound = statement.boundOn(current);
        tracker.bind(statements.portals().put(portal, bound), attempt(bound));
        if (answer != null) {
            byte[] value = answer.getBytes(StandardCharsets.UTF_8);
            upstream.sendInPlace(out -> parts.writeWithFirstParameter(out, value));
            return Step.REPLACE;
        }
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
        ErrorResponse refused = refusal.pending();
        if (refused != null) {
            return refusal.answer(Kind.EXTENDED, refused);
        }
        JudgedStatement statement = statements.portals().get(portal);
        if (statement == null) {
            if (portal.isEmpty()) {
                return refuseUnknown(SqlState.INVALID_CURSOR_NAME, "portal \"\" does not exist");
            }
            statement = SessionStatements.declaredInSql(portal, basis());
        }
        Basis current = basis();
        SqlText text = statement.text();
        if (!statement.holdsOn(current)) {
            if (statement.question() != null) {
                Verdict.Deny deny =
                        new Verdict.Deny(statement.verdict().summary(), Questions.outdated());
                return refuse(Kind.EXTENDED, Protocol.EXTENDED, text, deny, 0);
            }
            Verdict verdict = verdicts.get(current, statement.parameterTypes(), text);
            if (verdict == null) {
                return Step.WAIT;
            }
            Verdict.Deny deny = denial(verdict, current, null);
            if (deny != null) {
                return refuse(Kind.EXTENDED, Protocol.EXTENDED, text, deny, verdicts.gateNanos());
            }
            statement.rejudged(verdict, current);
        }
        Verdict verdict = statement.verdict();
        Verdict.Deny notNow = notNow(verdict, current);
        if (notNow != null) {
            return refuse(Kind.EXTENDED, Protocol.EXTENDED, text, notNow, 0);
        }
        EventId id = statement.takeDecision();
        if (id == null) {
            id = audit.decided(Protocol.EXTENDED, text, verdict, 0);
        }
        if (id == null) {
            return refuseUnrecorded(Kind.EXTENDED, verdict.summary());
        }
        AuditedExecution execution = execution(id, Protocol.EXTENDED, verdict);
        onForwarded(verdict, execution);
        tracker.execute(execution);
        return Step.FORWARD;
    }

    private void onForwarded(Verdict verdict, AuditedExecution execution) {
        paths.onForwarded(verdict, execution);
        if (verdict instanceof Verdict.Allow allow && !allow.effects().isEmpty()) {
            effects = allow.effects();
        }
    }

    /** Returns what the message just decided about does to the session, {@code null} if nothing. */
    @Nullable SessionEffects takeEffects() {
        SessionEffects taken = effects;
        effects = null;
        return taken;
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
        ErrorResponse refused = refusal.pending();
        if (refused != null) {
            return refusal.answer(kind, refused);
        }
        Protocol protocol = kind == Kind.QUERY ? Protocol.SIMPLE : Protocol.EXTENDED;
        return refuse(kind, protocol, null, Denials.tooLong(tooLong), 0);
    }

    /**
     * Returns the refusal of a text in this session, {@code null} if it may run or be answered.
     *
     * @param parse the Parse of a question, {@code null} for all else
     */
    private Verdict.@Nullable Deny denial(
            Verdict verdict, Basis current, @Nullable ParseParts parse) {
        return switch (verdict) {
            case Verdict.Deny deny -> deny;
            case Verdict.Allow allow -> {
                Denial denial = paths.objection(allow);
                yield deny(
                        allow.summary(),
                        denial == null ? statements.check(allow, current) : denial);
            }
            case Verdict.Answer(StatementSummary summary, Statement.Question question) ->
                    deny(summary, answers.objection(question, parse));
        };
    }

    private static Verdict.@Nullable Deny deny(StatementSummary summary, @Nullable Denial denial) {
        return denial == null ? null : new Verdict.Deny(summary, denial);
    }

    private static Statement.@Nullable Question question(Verdict verdict) {
        return verdict instanceof Verdict.Answer answer ? answer.question() : null;
    }

    private Verdict.@Nullable Deny tooManyStatements(String name, StatementSummary summary) {
        return !name.isEmpty() && statements.prepared().size() >= limits.maxPreparedStatements()
                ? Denials.tooManyNames(
                        summary, "prepared statements", limits.maxPreparedStatements())
                : null;
    }

    /** Returns why what may run as such may not at this moment, and counts it if it may. */
    private Verdict.@Nullable Deny notNow(Verdict verdict, Basis current) {
        Verdict.Deny stale = environment.freshness().objection(verdict, current.policy().name());
        if (stale != null || quota == null) {
            return stale;
        }
        return quota.tryAcquire(environment.nanoTime().getAsLong())
                ? null
                : Denials.quota(verdict.summary(), quota.perMinute());
    }

    private Step refuse(
            Kind kind,
            Protocol protocol,
            @Nullable SqlText text,
            Verdict.Deny deny,
            long gateNanos) {
        audit.decided(protocol, text, deny, gateNanos);
        return refusal.answer(kind, DenialResponse.of(deny.denial()));
    }

    private Step refuseUnrecorded(Kind kind, StatementSummary summary) {
        return refusal.answer(kind, DenialResponse.of(Denials.auditUnavailable(summary).denial()));
    }

    private Step refuseUnknown(SqlState sqlState, String message) {
        return refusal.answer(Kind.EXTENDED, ErrorResponse.error(sqlState, message));
    }

    private AuditedExecution execution(EventId id, Protocol protocol, Verdict verdict) {
        return new AuditedExecution(
                environment.nanoTime().getAsLong(),
                id,
                protocol,
                verdict.summary().command(),
                verdict instanceof Verdict.Answer,
                environment.freshness().lagNanos());
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
