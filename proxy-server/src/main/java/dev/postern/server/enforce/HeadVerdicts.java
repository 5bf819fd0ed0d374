package dev.postern.server.enforce;

import dev.postern.catalog.CatalogView;
import dev.postern.catalog.Oids;
import dev.postern.policy.Denial;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The verdicts on which the message at the head of the input depends: known ones at once, others
 * after a wait, when the message is met again. A question may depend on two.
 *
 * <p>All methods are called on the session's event loop.
 */
final class HeadVerdicts {

    private final SessionEnvironment environment;
    private final SessionCatalog catalog;
    private final Runnable resume;
    private final List<Found> found = new ArrayList<>(2);
    private boolean waiting;
    private boolean lookedAgain;
    private long gateNanos;

    /** A verdict that was waited for. */
    private record Found(Basis basis, SqlText text, Verdict verdict) {}

    /**
     * Makes one that knows of no message yet.
     *
     * @param resume run when a verdict has come, so that the message is presented again
     */
    HeadVerdicts(SessionEnvironment environment, SessionCatalog catalog, Runnable resume) {
        this.environment = environment;
        this.catalog = catalog;
        this.resume = resume;
    }

    /** Tells whether a verdict is waited for. */
    boolean waiting() {
        return waiting;
    }

    /** Returns how long the verdicts on this message took. */
    long gateNanos() {
        return gateNanos;
    }

    /** The message at the head has been decided about. */
    void forget() {
        found.clear();
        lookedAgain = false;
        gateNanos = 0;
    }

    /** Returns the verdict on a text; {@code null} if it has to be waited for. */
    @Nullable Verdict get(Basis current, SqlText text) {
        return get(current, Oids.NONE, text);
    }

    /**
     * Returns the verdict on a text; {@code null} if it has to be waited for.
     *
     * @param parameterTypes the types that its parameters are declared to have, without
     *     PostgreSQL's own
     */
    @SuppressWarnings("ReferenceEquality") // a basis is replaced as a whole
    @Nullable Verdict get(Basis current, Oids parameterTypes, SqlText text) {
        for (Found one : found) {
            if (one.basis() == current && one.text().equals(text)) {
                return one.verdict();
            }
        }
        long start = environment.nanoTime().getAsLong();
        CatalogView view = current.view().withParameterTypes(parameterTypes);
        Verdict known = environment.judge().cached(current.policy(), view, text);
        if (known != null) {
            gateNanos += environment.nanoTime().getAsLong() - start;
            return known;
        }
        waiting = true;
        environment
                .judge()
                .judge(
                        current.policy(),
                        view,
                        text,
                        verdict ->
                                environment
                                        .eventLoop()
                                        .execute(() -> onVerdict(current, text, verdict, start)));
        return null;
    }

    /** What seems not to exist may have been made a moment ago: the database is looked at again. */
    private void onVerdict(Basis judgedOn, SqlText text, Verdict verdict, long start) {
        if (!waiting) {
            return;
        }
        boolean missing =
                verdict instanceof Verdict.Deny(StatementSummary summary, Denial denial)
                        && denial.saysMissing();
        if (missing && !lookedAgain) {
            lookedAgain = true;
            catalog.lookAgain(() ->
                    environment
                            .eventLoop()
                            .execute(() -> onVerdict(judgedOn, text, verdict, start)));
            return;
        }
        waiting = false;
        found.add(new Found(judgedOn, text, verdict));
        gateNanos += environment.nanoTime().getAsLong() - start;
        resume.run();
    }
}
