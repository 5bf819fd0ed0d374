package dev.postern.server.enforce;

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
    @Nullable Verdict cached(Policy policy, SqlText text);

    /**
     * Reads and judges a text on threads of its own, within configured limits.
     *
     * @param whenDone called exactly once, on any thread, possibly before this method returns;
     *     trouble of whatever kind comes as a {@link Verdict.Deny}
     */
    void judge(Policy policy, SqlText text, Consumer<Verdict> whenDone);
}
