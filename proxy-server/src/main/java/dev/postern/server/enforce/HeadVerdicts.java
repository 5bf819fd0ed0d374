package dev.postern.server.enforce;

import dev.postern.policy.Policy;
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
    private final Runnable resume;
    private final List<Found> found = new ArrayList<>(2);
    private boolean waiting;
    private long gateNanos;

    /** A verdict that was waited for. */
    private record Found(Policy policy, SqlText text, Verdict verdict) {}

    /**
     * Makes one that knows of no message yet.
     *
     * @param resume run when a verdict has come, so that the message is presented again
     */
    HeadVerdicts(SessionEnvironment environment, Runnable resume) {
        this.environment = environment;
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
        gateNanos = 0;
    }

    /** Returns the verdict on a text; {@code null} if it has to be waited for. */
    @SuppressWarnings("ReferenceEquality") // a policy is replaced as a whole
    @Nullable Verdict get(Policy current, SqlText text) {
        for (Found one : found) {
            if (one.policy() == current && one.text().equals(text)) {
                return one.verdict();
            }
        }
        long start = environment.nanoTime().getAsLong();
        Verdict known = environment.judge().cached(current, text);
        if (known != null) {
            gateNanos += environment.nanoTime().getAsLong() - start;
            return known;
        }
        waiting = true;
        environment
                .judge()
                .judge(
                        current,
                        text,
                        verdict ->
                                environment
                                        .eventLoop()
                                        .execute(() -> onVerdict(current, text, verdict, start)));
        return null;
    }

    private void onVerdict(Policy judgedBy, SqlText text, Verdict verdict, long start) {
        if (!waiting) {
            return;
        }
        waiting = false;
        found.add(new Found(judgedBy, text, verdict));
        gateNanos += environment.nanoTime().getAsLong() - start;
        resume.run();
    }
}
