package dev.postern.bench;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Verdict;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an agent waits for the verdict on a text never seen before: hand-over to the gate's threads,
 * grammar, facts, names, rules and the second reader's vote. Goes round {@link AgentQueries}; a
 * comment with a number makes each text a new one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 10)
@Measurement(iterations = 5, time = 5)
@Fork(1)
public class ColdVerdictBenchmark {

    private final List<String> queries = AgentQueries.all();
    private BenchmarkedGate gate = new BenchmarkedGate();
    private long texts;

    /** Functions, and relations, in the catalog beside those asked for; negative for no catalog. */
    @Param({"-1", "500", "50000"})
    public int objects;

    @Setup
    public void allowEachOnce() throws Exception {
        if (objects >= 0) {
            gate.close();
            gate =
                    new BenchmarkedGate(
                            CatalogView.initial(
                                    CatalogFigures.read(AgentQueries.schema(), objects, objects)));
        }
        queries.forEach(query -> gate.mustAllow(AgentQueries.text(query)));
    }

    @TearDown
    public void close() {
        gate.close();
    }

    @Benchmark
    public Verdict verdict() {
        String query = queries.get((int) (texts % queries.size()));
        return gate.judge(AgentQueries.text(query + " -- " + texts++));
    }
}
