package dev.postern.server.enforce;

import dev.postern.audit.EventId;
import dev.postern.policy.Policy;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import org.jspecify.annotations.Nullable;

/** A prepared statement that was allowed, and under which policy. */
final class JudgedStatement {

    private final SqlText text;
    private Verdict.Allow verdict;
    private Policy policy;
    private @Nullable EventId unusedDecision;

    /**
     * Makes one.
     *
     * @param unusedDecision the recorded decision on its Parse, which stands for its first Execute;
     *     {@code null} if it was not prepared by a Parse
     */
    JudgedStatement(
            SqlText text, Verdict.Allow verdict, Policy policy, @Nullable EventId unusedDecision) {
        this.text = text;
        this.verdict = verdict;
        this.policy = policy;
        this.unusedDecision = unusedDecision;
    }

    SqlText text() {
        return text;
    }

    Verdict.Allow verdict() {
        return verdict;
    }

    @SuppressWarnings("ReferenceEquality") // a policy is replaced as a whole
    boolean judgedUnder(Policy current) {
        return policy == current;
    }

    void rejudged(Verdict.Allow newVerdict, Policy current) {
        verdict = newVerdict;
        policy = current;
    }

    /** Takes the decision that no execution rests on yet; {@code null} if there is none. */
    @Nullable EventId takeDecision() {
        EventId decision = unusedDecision;
        unusedDecision = null;
        return decision;
    }
}
