package dev.postern.server.enforce;

import dev.postern.audit.EventId;
import dev.postern.policy.Policy;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A prepared statement or portal that was allowed, or is a question, and under which policy. */
final class JudgedStatement {

    private final SqlText text;
    private Verdict verdict;
    private Policy policy;
    private @Nullable EventId unusedDecision;

    /**
     * Makes one.
     *
     * @param unusedDecision the recorded decision on its Parse, which stands for its first Execute;
     *     {@code null} if it was not prepared by a Parse
     */
    JudgedStatement(
            SqlText text, Verdict verdict, Policy policy, @Nullable EventId unusedDecision) {
        this.text = text;
        this.verdict = verdict;
        this.policy = policy;
        this.unusedDecision = unusedDecision;
    }

    SqlText text() {
        return text;
    }

    /** Returns the verdict, which is no refusal. */
    Verdict verdict() {
        return verdict;
    }

    /** Returns the question it is, {@code null} if it is none. */
    Statement.@Nullable Question question() {
        return verdict instanceof Verdict.Answer answer ? answer.question() : null;
    }

    /**
     * Returns a portal of it whose answer is made under this policy; it takes the decision along.
     */
    JudgedStatement boundUnder(Policy current) {
        return new JudgedStatement(text, verdict, current, takeDecision());
    }

    @SuppressWarnings("ReferenceEquality") // a policy is replaced as a whole
    boolean judgedUnder(Policy current) {
        return policy == current;
    }

    void rejudged(Verdict newVerdict, Policy current) {
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
