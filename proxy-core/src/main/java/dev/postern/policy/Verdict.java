package dev.postern.policy;

import dev.postern.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What the gate decided about one SQL text. Immutable and shared between sessions: a verdict is
 * cached by text and policy.
 */
public sealed interface Verdict {

    /**
     * What the text is, for the audit trail and metrics; present in refusals as far as it could be
     * read.
     */
    StatementSummary summary();

    /**
     * The text may be forwarded, as it is.
     *
     * @param prepared what it does with prepared statements by name: {@link
     *     PreparedStatements#check} first
     * @param searchPath what it does to the session's search path
     * @param effects what else it does to its session
     * @param observed what it would have been refused for, were its policy not only observing;
     *     {@code null} if for nothing
     */
    record Allow(
            StatementSummary summary,
            PreparedNames prepared,
            SearchPathChanges searchPath,
            SessionEffects effects,
            @Nullable Denial observed)
            implements Verdict {

        /** A text that neither prepares nor executes by name. */
        public Allow(StatementSummary summary) {
            this(summary, PreparedNames.NONE, SearchPathChanges.NONE, SessionEffects.NONE, null);
        }
    }

    /** The text is a question to Postern: an answer takes its place, and it is not forwarded. */
    record Answer(StatementSummary summary, Statement.Question question) implements Verdict {}

    /** The text must not be forwarded. */
    record Deny(StatementSummary summary, Denial denial) implements Verdict {}
}
