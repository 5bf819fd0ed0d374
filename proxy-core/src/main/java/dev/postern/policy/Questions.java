package dev.postern.policy;

import dev.postern.protocol.SqlState;
import dev.postern.sql.FunctionUse;
import dev.postern.sql.SettingUse;
import dev.postern.sql.Statement;
import dev.postern.sql.StatementFacts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The questions that Postern answers itself: which text is one, and what only tries to be. */
public final class Questions {

    private static final String SCHEMA = "postern";

    private static final String FORMS =
            "Ask SHOW postern.policy, SHOW postern.agent, SELECT postern.check('…') or"
                    + " SELECT * FROM postern.check('…'), each as a text of its own.";

    private Questions() {}

    /** Returns the question that a text is, {@code null} if it is none. */
    static Statement.@Nullable Question asked(List<StatementFacts> statements) {
        return statements.size() == 1
                        && statements.get(0).statement() instanceof Statement.Question question
                ? question
                : null;
    }

    /**
     * Returns why a statement of a text that is no question must not pass, {@code null} if it does
     * not ask Postern anything.
     */
    static @Nullable Denial misplaced(StatementFacts facts) {
        for (FunctionUse function : facts.functions()) {
            if (SCHEMA.equals(function.schema())) {
                return denial(
                        function.name().equals("check")
                                ? "postern.check cannot be called like this"
                                : "there is no function " + function.qualifiedName(),
                        function.position(),
                        function.qualifiedName());
            }
        }
        return switch (facts.statement()) {
            case Statement.Question question ->
                    denial(
                            question.command()
                                    + " of Postern's own has no place among other statements",
                            0,
                            question.command());
            case Statement.Setting setting when setting.command().equals("SHOW") -> shown(facts);
            default -> null;
        };
    }

    private static @Nullable Denial shown(StatementFacts facts) {
        for (SettingUse setting : facts.settings()) {
            String name = setting.name();
            if (name != null && (name.equals(SCHEMA) || name.startsWith(SCHEMA + "."))) {
                return denial("there is no setting " + name, setting.position(), name);
            }
        }
        return null;
    }

    /**
     * Returns the refusal of a question that cannot be answered as it was asked.
     *
     * @param message what is wrong with it
     */
    public static Denial unanswerable(String message, String hint) {
        return new Denial(Rule.QUESTION, SqlState.INSUFFICIENT_PRIVILEGE, message, 0, null, hint);
    }

    /** Returns the refusal to run a question again whose answer was made under another policy. */
    public static Denial outdated() {
        return new Denial(
                Rule.QUESTION,
                SqlState.INVALID_SQL_STATEMENT_NAME,
                "the answer to this question was made before the configuration changed",
                0,
                null,
                "Prepare and bind it again.");
    }

    private static Denial denial(String message, int position, String object) {
        return new Denial(
                Rule.QUESTION, SqlState.INSUFFICIENT_PRIVILEGE, message, position, object, FORMS);
    }
}
