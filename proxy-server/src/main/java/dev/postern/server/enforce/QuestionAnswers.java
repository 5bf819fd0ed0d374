package dev.postern.server.enforce;

import dev.postern.policy.Denial;
import dev.postern.policy.Questions;
import dev.postern.policy.Verdict;
import dev.postern.protocol.ParseParts;
import dev.postern.protocol.SqlText;
import dev.postern.sql.Statement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Answers one session's questions. What is sent in a question's place is made here, from what the
 * session knows and from verdicts, which may have to be waited for. SQL that is asked about is
 * judged and goes nowhere.
 */
final class QuestionAnswers {

    /**
     * The types of which a parameter holds its text in either format: open, text, varchar, unknown.
     */
    private static final Set<Integer> TEXT_TYPES = Set.of(0, 25, 1043, 705);

    private final SessionHooks session;
    private final HeadVerdicts verdicts;
    private final SessionStatements statements;

    QuestionAnswers(SessionHooks session, HeadVerdicts verdicts, SessionStatements statements) {
        this.session = session;
        this.verdicts = verdicts;
        this.statements = statements;
    }

    /**
     * Returns why a question cannot be answered as it comes, {@code null} if it can.
     *
     * @param parse the Parse it comes in, {@code null} if it comes in a Query
     */
    @Nullable Denial objection(Statement.Question question, @Nullable ParseParts parse) {
        if (!takesParameter(question)) {
            return null;
        }
        if (parse == null) {
            return Questions.unanswerable(
                    "a simple query has no parameter $1",
                    "Give the SQL as a literal, or use the extended query protocol.");
        }
        List<Integer> types = parse.parameterTypes();
        return types.size() > 1 || !TEXT_TYPES.containsAll(types)
                ? Questions.unanswerable(
                        "postern.check takes one parameter, of type text",
                        "Send the SQL as a text or varchar parameter, or leave its type open.")
                : null;
    }

    /** Tells whether what a question asks about comes with Bind. */
    static boolean takesParameter(Statement.@Nullable Question question) {
        return question instanceof Statement.CheckQuestion check && check.sql() == null;
    }

    /** Returns the text that takes a question's place, {@code null} if a verdict is waited for. */
    @Nullable String text(Statement.Question question, Basis current) {
        return switch (question) {
            case Statement.ShowQuestion(Statement.Subject subject) ->
                    AnswerText.rows(
                            switch (subject) {
                                case POLICY -> session.describePolicy(current.policy());
                                case AGENT -> session.describeAgent(current.policy());
                            });
            case Statement.CheckQuestion(String sql, String column) -> {
                if (sql == null) {
                    yield AnswerText.check(null, column);
                }
                String json = check(sql.getBytes(StandardCharsets.UTF_8), current);
                yield json == null ? null : AnswerText.check(json, column);
            }
        };
    }

    /** Returns the verdict on a text as JSON, {@code null} if it is waited for. */
    @Nullable String check(byte[] sql, Basis current) {
        Verdict verdict = verdicts.get(current, SqlText.owning(sql));
        if (verdict instanceof Verdict.Allow allow) {
            Denial unknown = statements.unknown(allow, current);
            if (unknown != null) {
                verdict = new Verdict.Deny(allow.summary(), unknown);
            }
        }
        return verdict == null ? null : AnswerText.json(verdict);
    }
}
