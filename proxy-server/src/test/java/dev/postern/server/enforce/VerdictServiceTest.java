package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Access;
import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.Rule;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.sql.GateLimits;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.GrammarModule;
import dev.postern.sql.grammar.ParseOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VerdictServiceTest {

    private static final CatalogView VIEW = CatalogView.UNKNOWN;

    private static final Policy POLICY = new Policy("test", Access.DEFAULT);
    private static final GateSettings SETTINGS =
            new GateSettings(
                    GateLimits.DEFAULT,
                    1,
                    2,
                    1 << 20,
                    Duration.ofMillis(150),
                    Duration.ofMillis(500),
                    Duration.ofMillis(500),
                    1 << 20);

    @Test
    void knownText_isAnsweredFromCache() {
        Counts counts = new Counts();
        try (VerdictService service = service(GrammarModule.load()::newGrammar, counts)) {
            SqlText text = text("SHOW search_path");
            assertThat(service.cached(POLICY, VIEW, text)).isNull();
            assertThat(service.judgeNow(POLICY, VIEW, text)).isInstanceOf(Verdict.Allow.class);
            assertThat(service.cached(POLICY, VIEW, text("SHOW search_path")))
                    .isInstanceOf(Verdict.Allow.class);
            assertThat(service.cached(new Policy("other", Access.DEFAULT), VIEW, text)).isNull();
            assertThat(counts.looked).containsEntry(GateObserver.CacheResult.EXACT, 1);
        }
    }

    @Test
    void allowedQuery_standsForItsShape() {
        Counts counts = new Counts();
        try (VerdictService service = service(GrammarModule.load()::newGrammar, counts)) {
            service.judgeNow(POLICY, VIEW, text("SELECT a FROM t WHERE id = 1"));
            assertThat(service.cached(POLICY, VIEW, text("SELECT a FROM t WHERE id = 22")))
                    .isInstanceOf(Verdict.Allow.class);
            assertThat(counts.looked).containsEntry(GateObserver.CacheResult.SHAPE, 1);
        }
    }

    @Test
    void textWhoseConstantsDecide_standsForItselfOnly() {
        try (VerdictService service = service(GrammarModule.load()::newGrammar, new Counts())) {
            service.judgeNow(POLICY, VIEW, text("SELECT current_setting('TimeZone')"));
            service.judgeNow(POLICY, VIEW, text("SELECT evil(1)"));
            service.judgeNow(POLICY, VIEW, text("SELECT 'a'::regclass"));
            assertThat(
                            service.cached(
                                    POLICY,
                                    VIEW,
                                    text("SELECT current_setting('primary_conninfo')")))
                    .isNull();
            assertThat(service.cached(POLICY, VIEW, text("SELECT evil(2)"))).isNull();
            assertThat(service.cached(POLICY, VIEW, text("SELECT 'b'::regclass"))).isNull();
            assertThat(service.cached(POLICY, VIEW, text("SELECT evil(1)")))
                    .isInstanceOf(Verdict.Deny.class);
        }
    }

    @Test
    void textThatTheSecondReaderSeesWrite_isRefused() {
        Counts counts = new Counts();
        Grammar fooled =
                new FakeGrammar(text ->
                        tree("{\"version\":180004,\"stmts\":[{\"stmt\":{\"SelectStmt\":{}}}]}"));
        try (VerdictService service = service(() -> fooled, counts)) {
            assertRule(
                    service.judgeNow(POLICY, VIEW, text("DELETE FROM t")), Rule.READERS_DISAGREE);
            assertRule(
                    service.judgeNow(POLICY, VIEW, text("SELECT * INTO u FROM t")),
                    Rule.READERS_DISAGREE);
            assertRule(
                    service.judgeNow(POLICY, VIEW, text("SELECT * FROM t FOR UPDATE")),
                    Rule.READERS_DISAGREE);
            assertRule(
                    service.judgeNow(
                            POLICY,
                            VIEW,
                            text("WITH d AS (DELETE FROM t RETURNING 1) SELECT * FROM d")),
                    Rule.READERS_DISAGREE);
            assertThat(counts.readAgain).containsEntry(GateObserver.SecondReaderResult.VETO, 4);
        }
    }

    @Test
    void textThatTheSecondReaderCannotRead_isTheGrammarsToDecide() {
        Counts counts = new Counts();
        try (VerdictService service = service(GrammarModule.load()::newGrammar, counts)) {
            assertThat(
                            service.judgeNow(
                                    POLICY,
                                    VIEW,
                                    text(
                                            "SELECT 1 OPERATOR(pg_catalog.+) 2, U&'\\0041' UESCAPE '\\'")))
                    .isInstanceOf(Verdict.Allow.class);
            assertThat(counts.readAgain)
                    .containsEntry(GateObserver.SecondReaderResult.UNREADABLE, 1);
        }
    }

    @Test
    void quoteEscapedByABackslash_thatTheSecondReaderWouldMisread_isTheGrammarsToDecide() {
        Counts counts = new Counts();
        try (VerdictService service = service(GrammarModule.load()::newGrammar, counts)) {
            for (String sql :
                    List.of(
                            "select E'it\\'s; delete from t where x' as note",
                            "select note from t where note like E'%\\'; drop table t; --%'")) {
                assertThat(service.judgeNow(POLICY, VIEW, text(sql)))
                        .isInstanceOf(Verdict.Allow.class);
            }
            assertRule(
                    service.judgeNow(POLICY, VIEW, text("select E'\\''; delete from t")),
                    Rule.WRITE);
        }
    }

    @Test
    void grammarThatDoesNotEnd_isInterrupted_andReplaced() {
        AtomicInteger made = new AtomicInteger();
        GrammarModule module = GrammarModule.load();
        try (VerdictService service =
                service(
                        () ->
                                made.incrementAndGet() == 1
                                        ? new FakeGrammar(text ->
                                                isFirst(text)
                                                        ? untilInterrupted()
                                                        : tree("{\"version\":1}"))
                                        : module.newGrammar(),
                        new Counts())) {
            assertRule(service.judgeNow(POLICY, VIEW, text("SELECT 1")), Rule.TEXT_TOO_COMPLEX);
            assertThat(service.judgeNow(POLICY, VIEW, text("SELECT 1")))
                    .isInstanceOf(Verdict.Allow.class);
            assertThat(made).hasValue(2);
        }
    }

    @Test
    void grammarThatFails_refusesTheText_andTheServiceLivesOn() {
        AtomicInteger made = new AtomicInteger();
        GrammarModule module = GrammarModule.load();
        try (VerdictService service =
                service(
                        () ->
                                made.incrementAndGet() == 1
                                        ? new FakeGrammar(text -> {
                                            if (isFirst(text)) {
                                                throw new IllegalStateException("broken");
                                            }
                                            return tree("{\"version\":1}");
                                        })
                                        : module.newGrammar(),
                        new Counts())) {
            assertRule(service.judgeNow(POLICY, VIEW, text("SELECT 1")), Rule.GATE_UNAVAILABLE);
            assertThat(service.judgeNow(POLICY, VIEW, text("SELECT 1")))
                    .isInstanceOf(Verdict.Allow.class);
        }
    }

    @Test
    void moreTextsThanMayWait_areRefused_andSameTextsWaitAsOne() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Grammar slow =
                new FakeGrammar(text -> {
                    if (isFirst(text)) {
                        begun.countDown();
                        awaitUninterruptibly(mayEnd);
                    }
                    return tree("{\"version\":180004,\"stmts\":[{\"stmt\":{\"SelectStmt\":{}}}]}");
                });
        try (VerdictService service = service(() -> slow, new Counts())) {
            List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
            verdicts.add(judge(service, "SELECT 1"));
            assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
            verdicts.add(judge(service, "SELECT 2"));
            verdicts.add(judge(service, "SELECT 3"));
            verdicts.add(judge(service, "SELECT 3"));
            CompletableFuture<Verdict> tooMany = judge(service, "SELECT 4");
            assertThat(tooMany).isCompleted();
            assertRule(tooMany.join(), Rule.GATE_UNAVAILABLE);
            mayEnd.countDown();
            for (CompletableFuture<Verdict> verdict : verdicts) {
                assertThat(verdict.get(10, TimeUnit.SECONDS)).isInstanceOf(Verdict.Allow.class);
            }
        }
    }

    @Test
    void textOverTheLimit_isRefusedWithoutWaiting() {
        try (VerdictService service = service(GrammarModule.load()::newGrammar, new Counts())) {
            CompletableFuture<Verdict> verdict =
                    judge(service, " ".repeat(GateLimits.DEFAULT.textBytes() + 1));
            assertThat(verdict).isCompleted();
            assertRule(verdict.join(), Rule.TEXT_TOO_LONG);
        }
    }

    @Test
    void closedService_refuses() {
        VerdictService service = service(GrammarModule.load()::newGrammar, new Counts());
        service.close();
        assertRule(service.judgeNow(POLICY, VIEW, text("SELECT 1")), Rule.GATE_UNAVAILABLE);
    }

    private static VerdictService service(
            java.util.function.Supplier<Grammar> grammars, GateObserver observer) {
        return new VerdictService(grammars, new Gate(), SETTINGS, observer, System::nanoTime);
    }

    private static CompletableFuture<Verdict> judge(VerdictService service, String sql) {
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        service.judge(POLICY, VIEW, text(sql), verdict::complete);
        return verdict;
    }

    private static SqlText text(String sql) {
        return SqlText.owning(sql.getBytes(StandardCharsets.UTF_8));
    }

    /** Tells the text that a test asks for from those that the service warms up with. */
    private static boolean isFirst(byte[] text) {
        return Arrays.equals(text, "SELECT 1".getBytes(StandardCharsets.UTF_8));
    }

    private static ParseOutcome tree(String json) {
        return new ParseOutcome.Tree(json.getBytes(StandardCharsets.UTF_8));
    }

    private static ParseOutcome untilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(1_000_000);
        }
        return new ParseOutcome.Exhausted(ParseOutcome.Resource.TIME);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void assertRule(Verdict verdict, Rule rule) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> assertThat(deny.denial().rule()).isEqualTo(rule));
    }

    /** A grammar that answers what it is told to. */
    private record FakeGrammar(java.util.function.Function<byte[], ParseOutcome> answer)
            implements Grammar {

        @Override
        public ParseOutcome parse(byte[] utf8) {
            return answer.apply(utf8);
        }

        @Override
        public void close() {}
    }

    /** Counts what it is told. */
    private static final class Counts implements GateObserver {

        private final Map<CacheResult, Integer> looked = new EnumMap<>(CacheResult.class);
        private final Map<SecondReaderResult, Integer> readAgain =
                new EnumMap<>(SecondReaderResult.class);

        @Override
        public synchronized void looked(CacheResult result) {
            looked.merge(result, 1, Integer::sum);
        }

        @Override
        public void judged(long nanos) {
            assertThat(nanos).isPositive();
        }

        @Override
        public synchronized void readAgain(SecondReaderResult result) {
            readAgain.merge(result, 1, Integer::sum);
        }
    }
}
