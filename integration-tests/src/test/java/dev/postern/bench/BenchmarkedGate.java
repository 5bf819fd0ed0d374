package dev.postern.bench;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Access;
import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.enforce.GateObserver;
import dev.postern.server.enforce.GateSettings;
import dev.postern.server.enforce.VerdictService;
import dev.postern.sql.grammar.GrammarModule;
import org.jspecify.annotations.Nullable;

/** The gate as a server without a configured limit has it, and one policy. */
final class BenchmarkedGate implements AutoCloseable {

    private final Policy policy = new Policy("bench", Access.DEFAULT);
    private final CatalogView view;
    private final VerdictService verdicts =
            new VerdictService(
                    GrammarModule.load()::newGrammar,
                    new Gate(),
                    GateSettings.DEFAULT,
                    GateObserver.NONE,
                    System::nanoTime);

    /** Makes one that knows of no catalog. */
    BenchmarkedGate() {
        this(CatalogView.UNKNOWN);
    }

    /** Makes one that resolves names. */
    BenchmarkedGate(CatalogView view) {
        this.view = view;
    }

    /** Judges a text and waits for the verdict. */
    Verdict judge(SqlText text) {
        return verdicts.judgeNow(policy, view, text);
    }

    /** Returns the verdict if it is known already. */
    @Nullable Verdict known(SqlText text) {
        return verdicts.cached(policy, view, text);
    }

    /**
     * Judges a text. Fails if it is denied: a benchmark of denials would measure something else.
     */
    void mustAllow(SqlText text) {
        if (judge(text) instanceof Verdict.Deny denied) {
            throw new IllegalStateException(text + ": " + denied.denial());
        }
    }

    @Override
    public void close() {
        verdicts.close();
    }
}
