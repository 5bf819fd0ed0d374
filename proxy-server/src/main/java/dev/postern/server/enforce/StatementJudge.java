package dev.postern.server.enforce;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Policy;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives verdicts. Safe for use by any thread. */
public interface StatementJudge {

    /**
     * Returns the verdict if it is known already, {@code null} if the text has to be read. Takes
     * microseconds at most.
     */
    @Nullable Verdict cached(Policy policy, CatalogView view, SqlText text);

    /**
     * Reads and judges a text on threads of its own, within configured limits.
     *
     * @param view what the names in it mean
     * @param whenDone called exactly once, on any thread, possibly before this method returns;
     *     trouble of whatever kind comes as a {@link Verdict.Deny}
     */
    void judge(Policy policy, CatalogView view, SqlText text, Consumer<Verdict> whenDone);
}
