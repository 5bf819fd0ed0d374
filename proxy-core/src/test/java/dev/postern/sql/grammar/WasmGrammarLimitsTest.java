package dev.postern.sql.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.sql.grammar.ParseOutcome.Exhausted;
import dev.postern.sql.grammar.ParseOutcome.Resource;
import dev.postern.sql.grammar.ParseOutcome.SyntaxError;
import dev.postern.sql.grammar.ParseOutcome.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WasmGrammarLimitsTest {

    private static final GrammarModule MODULE = GrammarModule.load();

    @AutoClose private final WasmGrammar grammar = MODULE.newGrammar();

    @Test
    void parse_threadInterruptedBefore_givesUpForTime() {
        Thread.currentThread().interrupt();

        ParseOutcome outcome = grammar.parse(utf8("SELECT 1"));

        assertThat(Thread.interrupted()).as("the interrupt is still pending").isTrue();
        assertThat(outcome).isEqualTo(new Exhausted(Resource.TIME));
    }

    @Test
    void parse_threadInterruptedMeanwhile_givesUpForTimeAtOnce() throws Exception {
        byte[] text = utf8("SELECT 1" + ",1".repeat(2_000_000));
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<ParseOutcome> parse =
                new FutureTask<>(() -> {
                    started.countDown();
                    return grammar.parse(text);
                });
        Thread thread = ParserThread.start(WasmGrammar.THREAD_STACK_BYTES, parse);
        started.await();
        assertThat(thread.join(Duration.ofMillis(100))).as("parsed in no time").isFalse();

        thread.interrupt();

        assertThat(parse.get(1, TimeUnit.SECONDS)).isEqualTo(new Exhausted(Resource.TIME));
    }

    @Test
    void parse_needsMoreMemoryThanAllowed_givesUpForMemory() throws Exception {
        byte[] text = utf8("SELECT 1" + ",1".repeat(1_500_000));

        assertThat(onThread(text, WasmGrammar.THREAD_STACK_BYTES))
                .isEqualTo(new Exhausted(Resource.MEMORY));
    }

    @Test
    void parse_deeplyNestedOnSmallStack_givesUpForStack() throws Exception {
        byte[] text = utf8("SELECT 1" + "+1".repeat(10_000));

        assertThat(onThread(text, 512 << 10)).isEqualTo(new Exhausted(Resource.STACK));
    }

    @Test
    void parse_afterExhaustion_isRefused() throws Exception {
        onThread(utf8("SELECT 1" + "+1".repeat(10_000)), 512 << 10);

        assertThatThrownBy(() -> grammar.parse(utf8("SELECT 1")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void parse_stackOverflowInOneGrammar_leavesOthersUsable() throws Exception {
        onThread(utf8("SELECT 1" + "+1".repeat(10_000)), 512 << 10);

        try (WasmGrammar other = MODULE.newGrammar()) {
            assertThat(other.parse(utf8("SELECT f(a, $1) FROM t WHERE x = 'y'")))
                    .isInstanceOf(Tree.class);
            assertThat(other.parse(utf8("SELECT 'x"))).isInstanceOf(SyntaxError.class);
        }
    }

    @Test
    void parse_tenThousandOperators_givesTree() throws Exception {
        byte[] text = utf8("SELECT 1" + "+1".repeat(10_000));

        assertThat(onThread(text, WasmGrammar.THREAD_STACK_BYTES)).isInstanceOf(Tree.class);
    }

    @Test
    void parse_hundredThousandOperators_givesUpForStack() throws Exception {
        byte[] text = utf8("SELECT 1" + "+1".repeat(100_000));

        assertThat(onThread(text, WasmGrammar.THREAD_STACK_BYTES))
                .isEqualTo(new Exhausted(Resource.STACK));
    }

    @Test
    void parse_fiftyThousandParentheses_givesPostgresRefusal() throws Exception {
        byte[] text = utf8("SELECT " + "(".repeat(50_000) + "1" + ")".repeat(50_000));

        assertThat(onThread(text, WasmGrammar.THREAD_STACK_BYTES))
                .isEqualTo(new SyntaxError("memory exhausted at or near \"(\"", 10_004));
    }

    @Test
    void parse_largeText_givesMemoryBackAfterwards() throws Exception {
        byte[] text = utf8("SELECT 1" + ",1".repeat(200_000));

        assertThat(onThread(text, WasmGrammar.THREAD_STACK_BYTES)).isInstanceOf(Tree.class);

        assertThat(grammar.pages()).isLessThanOrEqualTo(WasmGrammar.KEPT_PAGES);
        assertThat(grammar.parse(utf8("SELECT 1"))).isInstanceOf(Tree.class);
    }

    @Test
    void parse_fiftyThousandSmallTexts_takesNoMoreMemory() {
        String[] texts = {
            "SELECT a, b FROM t WHERE c = 'x' AND d IN (1, 2, 3) ORDER BY e LIMIT 10",
            "SELECT 'unterminated",
            "WITH x AS (SELECT 1) SELECT count(*) FROM x JOIN y USING (z) GROUP BY 1",
            "SELEC 1",
            "SET search_path = a, b",
        };
        for (String text : texts) {
            grammar.parse(utf8(text));
        }
        int pages = grammar.pages();

        for (int i = 0; i < 50_000; i++) {
            grammar.parse(utf8(texts[i % texts.length]));
        }

        assertThat(grammar.pages()).isEqualTo(pages);
    }

    private ParseOutcome onThread(byte[] text, long stackBytes) throws Exception {
        return ParserThread.call(stackBytes, () -> grammar.parse(text));
    }

    private static byte[] utf8(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }
}
