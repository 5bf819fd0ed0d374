package dev.postern.server.enforce;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Denial;
import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.enforce.GateObserver.SecondReaderResult;
import dev.postern.sql.SecondReader.Reading;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.SqlReader;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.WasmGrammar;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives verdicts: known ones from the cache, others by reading the text on threads of its own, with
 * the grammar and beside it with the second reader. A text that cannot be judged within the limits
 * is refused.
 */
public final class VerdictService implements StatementJudge, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VerdictService.class);

    /** Read by the first grammar, so that the first agents do not pay for the JVM's warming up. */
    private static final List<SqlText> WARM_UP =
            Stream.of(
                            "SELECT a, count(*) FROM t JOIN u USING (id) WHERE b = 'x' AND c > 1 GROUP BY a ORDER BY 2 DESC LIMIT 10",
                            "SELECT * FROM orders WHERE id = 42",
                            "WITH m AS (SELECT date_trunc('month', d) AS m, sum(x) AS s FROM t GROUP BY 1) SELECT m, s, lag(s) OVER (ORDER BY m) FROM m",
                            "SELECT c.relname, n.nspname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r','p') AND n.nspname !~ '^pg_toast' AND pg_catalog.pg_table_is_visible(c.oid)",
                            "SELECT CASE WHEN a IS NULL THEN 0 ELSE a::numeric / 2 END, (SELECT max(b) FROM u WHERE u.id = t.id) FROM t WHERE EXISTS (SELECT 1 FROM v WHERE v.x LIKE 'a%') UNION ALL SELECT 1, 2",
                            "BEGIN",
                            "SET extra_float_digits = 3",
                            "EXPLAIN SELECT data->>'name', ARRAY[1,2,3] && tags FROM events WHERE at BETWEEN now() - interval '1 day' AND now()",
                            "DELETE FROM t WHERE id = 1")
                    .map(text -> SqlText.owning(text.getBytes(StandardCharsets.UTF_8)))
                    .toList();

    private static final int WARM_UP_ROUNDS = 40;

    private final Supplier<? extends Grammar> grammars;
    private final Gate gate;
    private final GateSettings settings;
    private final GateObserver observer;
    private final LongSupplier nanoTime;
    private final VerdictCache cache;
    private final SecondReaders secondReaders;
    private final TimeLimit timeLimit;
    private final BlockingQueue<Judging> queue;
    private final AtomicLong queuedBytes = new AtomicLong();
    private final ConcurrentMap<Judging.Key, Judging> underWay = new ConcurrentHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile boolean closed;

    /**
     * Starts the threads; the first makes its grammar at once, the others when they are needed.
     *
     * @param grammars makes grammars, one a thread and another whenever one is spent
     * @param nanoTime a clock for durations
     */
    public VerdictService(
            Supplier<? extends Grammar> grammars,
            Gate gate,
            GateSettings settings,
            GateObserver observer,
            LongSupplier nanoTime) {
        this.grammars = grammars;
        this.gate = gate;
        this.settings = settings;
        this.observer = observer;
        this.nanoTime = nanoTime;
        this.cache = new VerdictCache(settings.cacheBytes(), observer);
        this.secondReaders = new SecondReaders(settings.threads(), settings.secondReaderTime());
        this.timeLimit = new TimeLimit(settings.cpuTime(), settings.wallTime(), nanoTime);
        this.queue = new ArrayBlockingQueue<>(settings.queuedTexts());
        for (int i = 1; i <= settings.threads(); i++) {
            boolean first = i == 1;
            Thread thread =
                    new Thread(
                            null,
                            () -> work(first),
                            "postern-gate-" + i,
                            WasmGrammar.THREAD_STACK_BYTES);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /**
     * Completes once the first grammar has read its first text; exceptionally if none can be made.
     */
    public CompletableFuture<Void> ready() {
        return ready;
    }

    @Override
    public @Nullable Verdict cached(Policy policy, CatalogView view, SqlText text) {
        // What is too long was never kept: no look is worth its length.
        return text.length() > settings.limits().textBytes()
                ? null
                : cache.find(policy, view, text);
    }

    @Override
    public void judge(Policy policy, CatalogView view, SqlText text, Consumer<Verdict> whenDone) {
        if (text.length() > settings.limits().textBytes()) {
            whenDone.accept(Gate.unreadable(SqlReader.tooLong(text, settings.limits())));
            return;
        }
        Judging judging = new Judging(policy, view, text, nanoTime.getAsLong());
        Judging sameText = underWay.putIfAbsent(judging.key(), judging);
        if (sameText != null) {
            sameText.whenDone(whenDone);
            return;
        }
        judging.whenDone(whenDone);
        if (closed) {
            finish(judging, Gate.unavailable("the gate is closed"));
        } else if (queuedBytes.addAndGet(text.length()) > settings.queuedBytes()
                || !queue.offer(judging)) {
            queuedBytes.addAndGet(-text.length());
            finish(judging, Gate.unavailable("too many texts wait to be judged"));
        } else if (closed) {
            refuseQueued();
        }
    }

    /** Judges and waits. Not for event loops. */
    public Verdict judgeNow(Policy policy, CatalogView view, SqlText text) {
        Verdict known = cached(policy, view, text);
        if (known != null) {
            return known;
        }
        CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        judge(policy, view, text, verdict::complete);
        return verdict.join();
    }

    /** Ends the threads; what waits is refused. */
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        secondReaders.close();
        timeLimit.close();
        refuseQueued();
    }

    private void refuseQueued() {
        for (Judging next = queue.poll(); next != null; next = queue.poll()) {
            queuedBytes.addAndGet(-next.text().length());
            finish(next, Gate.unavailable("the gate is closed"));
        }
    }

    private void finish(Judging judging, Verdict verdict) {
        underWay.remove(judging.key(), judging);
        judging.complete(verdict);
    }

    private void work(boolean warmUp) {
        try (Readers readers = new Readers()) {
            if (warmUp) {
                warmUp(readers);
            }
            while (!closed) {
                Judging judging = queue.take();
                queuedBytes.addAndGet(-judging.text().length());
                Verdict verdict = Gate.unavailable("the gate failed");
                try {
                    verdict = judge(judging, readers);
                } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                    LOG.error(
                            "gate failed on a text, which was refused: error={}",
                            e.getClass().getName());
                    readers.drop();
                } finally {
                    observer.judged(nanoTime.getAsLong() - judging.arrivedNanos());
                    finish(judging, verdict);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void warmUp(Readers readers) {
        try {
            SqlReader reader = readers.get();
            reader.read(WARM_UP.getFirst(), CatalogView.UNKNOWN);
            for (int round = 0; round < WARM_UP_ROUNDS && queue.isEmpty(); round++) {
                WARM_UP.forEach(text -> reader.read(text, CatalogView.UNKNOWN));
            }
            ready.complete(null);
        } catch (RuntimeException | LinkageError e) {
            ready.completeExceptionally(e);
        }
    }

    private Verdict judge(Judging judging, Readers readers) {
        SqlText text = judging.text();
        SqlReader reader = readers.get();
        if (!SqlReader.isText(text)) {
            return Gate.unreadable(SqlReader.notText());
        }
        SecondReaders.Vote vote = secondReaders.begin(text);
        SqlFacts facts;
        Verdict verdict;
        TimeLimit.Watch watch = timeLimit.begin();
        try {
            Gate.Judged judged = gate.judge(text, judging.policy(), judging.view(), reader::read);
            facts = judged.facts();
            verdict = judged.verdict();
        } finally {
            watch.end();
        }
        boolean forAnyConstants = gate.holdsForAnyConstants(facts);
        if (verdict instanceof Verdict.Allow allow) {
            verdict = withVote(allow, facts, vote);
        } else {
            vote.cancel();
        }
        if (isLasting(verdict)) {
            cache.put(judging.policy(), judging.view(), text, verdict, forAnyConstants);
        }
        return verdict;
    }

    private Verdict withVote(Verdict.Allow verdict, SqlFacts facts, SecondReaders.Vote vote) {
        Reading reading;
        try {
            reading = vote.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Gate.unavailable("the gate is closed");
        }
        if (reading == null) {
            observer.readAgain(vote.withoutReading());
            return verdict;
        }
        return switch (reading) {
            case Reading.Reads reads -> {
                boolean sameCount =
                        facts instanceof SqlFacts.Parsed parsed
                                && parsed.statements().size() == reads.statements();
                observer.readAgain(
                        sameCount
                                ? SecondReaderResult.AGREED
                                : SecondReaderResult.COUNTED_DIFFERENTLY);
                yield verdict;
            }
            case Reading.Writes writes -> {
                observer.readAgain(SecondReaderResult.VETO);
                yield Gate.readersDisagree(verdict.summary(), writes.what());
            }
            case Reading.Unreadable unreadable -> {
                observer.readAgain(SecondReaderResult.UNREADABLE);
                yield verdict;
            }
        };
    }

    /**
     * What ran out of time or failed may go better the next time, and what does not exist may be
     * there then.
     */
    private static boolean isLasting(Verdict verdict) {
        return !(verdict instanceof Verdict.Deny(StatementSummary summary, Denial denial))
                || !(denial.rule() == Rule.TEXT_TOO_COMPLEX
                        || denial.rule() == Rule.GATE_UNAVAILABLE
                        || denial.saysMissing());
    }

    /** One thread's reader; made when it is first needed, and anew when its grammar is spent. */
    private final class Readers implements AutoCloseable {

        private @Nullable Grammar grammar;
        private @Nullable SqlReader reader;

        SqlReader get() {
            if (reader == null || reader.isSpent()) {
                drop();
                grammar = grammars.get();
                reader = new SqlReader(grammar, settings.limits());
            }
            return reader;
        }

        void drop() {
            if (grammar != null) {
                grammar.close();
            }
            grammar = null;
            reader = null;
        }

        @Override
        public void close() {
            drop();
        }
    }
}
