package dev.postern.server.enforce;

import dev.postern.audit.EventId;
import dev.postern.catalog.Oids;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A prepared statement or portal that was allowed, or is a question, and on what basis. */
final class JudgedStatement {

    private final SqlText text;
    private final Oids parameterTypes;
    private Verdict verdict;
    private Basis basis;
    private @Nullable EventId unusedDecision;

    /**
     * Makes one.
     *
     * @param parameterTypes the types that its parameters are declared to have, without
     *     PostgreSQL's own
     * @param unusedDecision the recorded decision on its Parse, which stands for its first Execute;
     *     {@code null} if it was not prepared by a Parse
     */
    JudgedStatement(
            SqlText text,
            Oids parameterTypes,
            Verdict verdict,
            Basis basis,
            @Nullable EventId unusedDecision) {
        this.text = text;
        this.parameterTypes = parameterTypes;
        this.verdict = verdict;
        this.basis = basis;
        this.unusedDecision = unusedDecision;
    }

    SqlText text() {
        return text;
    }

    Oids parameterTypes() {
        return parameterTypes;
    }

    /** Returns the verdict, which is no refusal. */
    Verdict verdict() {
        return verdict;
    }

    /** Returns the question it is, {@code null} if it is none. */
    Statement.@Nullable Question question() {
        return verdict instanceof Verdict.Answer answer ? answer.question() : null;
    }

    /** Returns a portal of it whose answer is made on this basis; it takes the decision along. */
    JudgedStatement boundOn(Basis current) {
        return new JudgedStatement(text, parameterTypes, verdict, current, takeDecision());
    }

    /** Tells whether its verdict, or its answer, still holds. */
    @SuppressWarnings("ReferenceEquality") // a basis, and a policy, is replaced as a whole
    boolean holdsOn(Basis current) {
        return question() == null ? basis == current : basis.policy() == current.policy();
    }

    void rejudged(Verdict newVerdict, Basis current) {
        verdict = newVerdict;
        basis = current;
    }

    /** Takes the decision that no execution rests on yet; {@code null} if there is none. */
    @Nullable EventId takeDecision() {
        EventId decision = unusedDecision;
        unusedDecision = null;
        return decision;
    }
}
