package dev.postern.bench;

import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a verdict costs that is known: by the exact text, or by the shape of a text whose constants
 * were never seen. The text is a new object each time, as it is when it comes off the wire.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class KnownVerdictBenchmark {

    private static final int SEVEN_DIGITS = 1_000_000;
    private static final String POINT_QUERY = "SELECT abalance FROM pgbench_accounts WHERE aid = ";
    private static final byte[] KNOWN_TEXT =
            bytes(POINT_QUERY + "1234567; -- the comment leaves no shape");
    private static final byte[] LONG_TEXT = bytes(AgentQueries.all().getLast());

    private final BenchmarkedGate gate = new BenchmarkedGate();
    private final byte[] newConstant = bytes(POINT_QUERY + "1000000;");
    private int constant;

    @Setup
    public void judgeOnce() {
        for (byte[] text : List.of(KNOWN_TEXT, LONG_TEXT, newConstant)) {
            gate.mustAllow(copy(text));
            if (gate.known(copy(text)) == null) {
                throw new IllegalStateException("the verdict was not kept");
            }
        }
    }

    @TearDown
    public void close() {
        gate.close();
    }

    @Benchmark
    public @Nullable Verdict exactText() {
        return gate.known(copy(KNOWN_TEXT));
    }

    @Benchmark
    public @Nullable Verdict exactTextOfManyWords() {
        return gate.known(copy(LONG_TEXT));
    }

    @Benchmark
    public @Nullable Verdict shape() {
        constant = (constant + 1) % SEVEN_DIGITS;
        writeConstant(constant);
        return gate.known(copy(newConstant));
    }

    private void writeConstant(int value) {
        int rest = value;
        for (int digit = newConstant.length - 2; rest > 0; digit--) {
            newConstant[digit] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    private static SqlText copy(byte[] text) {
        return SqlText.owning(text.clone());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
