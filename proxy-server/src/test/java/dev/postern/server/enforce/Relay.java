package dev.postern.server.enforce;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.SessionContext;
import dev.postern.catalog.CatalogView;
import dev.postern.policy.Access;
import dev.postern.policy.Denial;
import dev.postern.policy.Policy;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.FrameLimits;
import dev.postern.protocol.FrontendFrameReader;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.SqlText;
import dev.postern.sql.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A session between two fake peers, with a judge, an audit trail, a clock and an event loop under a
 * test's control.
 */
final class Relay implements StatementJudge, SessionHooks {

    static final int MAX_PIPELINE = 8;

    /** What asks Postern, as the gate would say. */
    private static final Map<String, Statement.Question> QUESTIONS =
            Map.of(
                    "SHOW POLICY", new Statement.ShowQuestion(Statement.Subject.POLICY),
                    "SHOW AGENT", new Statement.ShowQuestion(Statement.Subject.AGENT),
                    "CHECK READ", new Statement.CheckQuestion("SELECT 1", "check"),
                    "CHECK WRITE", new Statement.CheckQuestion("DENY", "check"),
                    "CHECK ROW", new Statement.CheckQuestion("DENY", null),
                    "CHECK $1", new Statement.CheckQuestion(null, "check"));

    final List<String> journal = new ArrayList<>();
    final List<AuditEvent> audited = new ArrayList<>();
    final ArrayDeque<Runnable> eventLoop = new ArrayDeque<>();
    final ArrayDeque<Runnable> verdicts = new ArrayDeque<>();
    final List<Runnable> cancels = new ArrayList<>();
    final FakePeer agent = new FakePeer("agent", journal);
    final FakePeer upstream = new FakePeer("upstream", journal);
    final ProxySession session;
    Policy policy = new Policy("first", Access.DEFAULT);
    Predicate<String> denies = sql -> sql.contains("DENY");
    boolean known = true;
    boolean late;
    boolean auditAccepts = true;
    HostLag.Reading lag = new HostLag.Reading.Primary();
    int closed;
    long nanos = 1;
    private final ByteBuf left = Unpooled.buffer();
    private final ByteBuf answers = Unpooled.buffer();

    Relay() {
        this(
                new SessionLimits(
                        Duration.ofSeconds(10), 3, 1000, 4, 4, MAX_PIPELINE, Duration.ofMinutes(1)),
                null);
    }

    Relay(SessionLimits limits, @Nullable QueryQuota quota) {
        session =
                new ProxySession(
                        new SessionContext("s", "127.0.0.1:1", null, null, "db", "up", "first"),
                        new FrontendFrameReader(new FrameLimits(1000, 1000, 300)),
                        () -> policy,
                        limits,
                        quota,
                        true,
                        new SessionEnvironment(
                                this,
                                new FixedCatalog(),
                                null,
                                new Freshness(() -> lag, Duration.ofSeconds(10)),
                                this::accept,
                                new Uncounted(),
                                eventLoop::add,
                                () -> Instant.EPOCH,
                                () -> nanos,
                                new Random(1)),
                        this,
                        UnpooledByteBufAllocator.DEFAULT,
                        agent,
                        upstream);
        agent.onResume = this::present;
    }

    /** Tells whether a text asks Postern. */
    static boolean isQuestion(String sql) {
        return QUESTIONS.containsKey(sql);
    }

    private boolean accept(AuditEvent event) {
        journal.add(event.getClass().getSimpleName() + (auditAccepts ? "" : " refused"));
        if (auditAccepts) {
            audited.add(event);
        }
        return auditAccepts;
    }

    void agentSends(byte[]... messages) {
        left.writeBytes(Wire.all(messages));
        present();
    }

    private void present() {
        session.onAgentBytes(left);
        session.onAgentReadComplete();
    }

    void upstreamSends(byte[]... messages) {
        answers.writeBytes(Wire.all(messages));
        session.onUpstreamBytes(answers);
        session.onUpstreamReadComplete();
    }

    void runEventLoop() {
        while (!eventLoop.isEmpty()) {
            eventLoop.remove().run();
        }
    }

    /** Returns the texts of the decisions, those refused marked with an exclamation mark. */
    List<String> decisions() {
        return audited.stream()
                .filter(AuditEvent.StatementDecided.class::isInstance)
                .map(AuditEvent.StatementDecided.class::cast)
                .map(decided -> {
                    SqlText text = decided.statement();
                    return (decided.verdict() instanceof Verdict.Deny ? "!" : "")
                            + (text == null
                                    ? ""
                                    : new String(text.bytes(), StandardCharsets.UTF_8));
                })
                .toList();
    }

    List<AuditEvent.StatementCompleted> completions() {
        return audited.stream()
                .filter(AuditEvent.StatementCompleted.class::isInstance)
                .map(AuditEvent.StatementCompleted.class::cast)
                .toList();
    }

    @Override
    public @Nullable Verdict cached(Policy under, CatalogView view, SqlText text) {
        return known ? verdict(text) : null;
    }

    @Override
    public void judge(Policy under, CatalogView view, SqlText text, Consumer<Verdict> whenDone) {
        if (late) {
            verdicts.add(() -> whenDone.accept(verdict(text)));
        } else {
            whenDone.accept(verdict(text));
        }
    }

    private Verdict verdict(SqlText text) {
        StatementSummary summary = new StatementSummary("SELECT", "", List.of(), List.of());
        Statement.Question question =
                QUESTIONS.get(new String(text.bytes(), StandardCharsets.UTF_8));
        if (question != null) {
            return new Verdict.Answer(summary, question);
        }
        return denies.test(new String(text.bytes(), StandardCharsets.UTF_8))
                ? new Verdict.Deny(
                        summary,
                        new Denial(
                                Rule.WRITE,
                                SqlState.READ_ONLY_SQL_TRANSACTION,
                                "no",
                                0,
                                null,
                                "Read."))
                : new Verdict.Allow(summary);
    }

    @Override
    public void cancelUpstream(Runnable whenSent) {
        cancels.add(whenSent);
    }

    @Override
    public List<AnswerRow> describePolicy(Policy current) {
        return List.of(new AnswerRow("policy", current.name()));
    }

    @Override
    public List<AnswerRow> describeAgent(Policy current) {
        return List.of(new AnswerRow("agent", "o'brien \\ co"));
    }

    @Override
    public void onClosed() {
        closed++;
    }

    private record Uncounted() implements SessionObserver {

        @Override
        public void decided(Verdict verdict) {}

        @Override
        public void completed(long totalNanos, long rows, long bytes) {}
    }
}
