package dev.postern.server;

import dev.postern.policy.Access;
import dev.postern.policy.ChangeableSettings;
import dev.postern.policy.Policy;
import dev.postern.server.enforce.AnswerRow;
import dev.postern.server.enforce.SessionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code SHOW postern.policy}: what an agent may read, and within which limits, in
 * words that a language model understands without a manual. Whatever a {@link Policy} comes to hold
 * is listed here.
 */
final class PolicyRows {

    private static final String UNLIMITED = "unlimited";

    private PolicyRows() {}

    /**
     * Returns the rows.
     *
     * @param rules what statements are judged by now
     * @param databases the databases that may be connected to
     * @param limits what this session may use, since it began
     * @param maxLag how far the standby may be behind that this session's statements run on; {@code
     *     null}: as far as it likes
     * @param maxSessions sessions of one agent at a time
     * @param queriesPerMinute statements of one agent; {@code null}: any number
     */
    static List<AnswerRow> of(
            Policy rules,
            List<String> databases,
            SessionLimits limits,
            @Nullable Duration maxLag,
            int maxSessions,
            @Nullable Integer queriesPerMinute) {
        List<AnswerRow> rows = new ArrayList<>();
        rows.add(new AnswerRow("policy", rules.name()));
        rows.add(new AnswerRow("databases", String.join(", ", databases)));
        addRules(rules, rows);
        rows.add(new AnswerRow("limits.statement_timeout", time(limits.statementTimeout())));
        rows.add(new AnswerRow("limits.max_rows", count(limits.maxRows(), " rows of a statement")));
        rows.add(
                new AnswerRow(
                        "limits.max_result",
                        count(limits.maxResultBytes(), " bytes of a statement")));
        rows.add(new AnswerRow("limits.max_sessions", maxSessions + " at a time"));
        rows.add(
                new AnswerRow(
                        "limits.queries_per_minute",
                        queriesPerMinute == null
                                ? UNLIMITED
                                : queriesPerMinute + " statements a minute"));
        rows.add(
                new AnswerRow(
                        "max_lag",
                        maxLag == null
                                ? UNLIMITED
                                : "what is read is at most "
                                        + time(maxLag)
                                        + " behind the primary"));
        rows.add(
                new AnswerRow(
                        "statements",
                        "SELECT, VALUES, TABLE, WITH of queries, EXPLAIN of these, SHOW,"
                                + " COPY (query) TO STDOUT, COPY table TO STDOUT,"
                                + " BEGIN, COMMIT, ROLLBACK, SAVEPOINT, PREPARE, EXECUTE, DECLARE,"
                                + " FETCH, SET and RESET of the settings listed here;"
                                + " no writes, no row locks"));
        rows.add(new AnswerRow("settings", String.join(", ", ChangeableSettings.names())));
        rows.add(
                new AnswerRow(
                        "errors",
                        "a refusal has its rule and position as JSON in DETAIL, and in HINT what"
                                + " would pass"));
        rows.add(
                new AnswerRow(
                        "check",
                        "SELECT postern.check('SELECT …') tells whether a statement would pass,"
                                + " without running it"));
        return rows;
    }

    /** What may be read and called: the policy's own lists, one row each. */
    private static void addRules(Policy rules, List<AnswerRow> rows) {
        Access access = rules.access();
        List<String> relations = access.relations();
        rows.add(
                new AnswerRow(
                        "relations.allow",
                        relations == null
                                ? "all that the database role may read, but for foreign tables and"
                                        + " system relations that hold secrets"
                                : list(relations)));
        rows.add(new AnswerRow("relations.deny", list(access.deniedRelations())));
        rows.add(new AnswerRow("columns.deny", list(access.deniedColumns())));
        rows.add(
                new AnswerRow(
                        "functions.allow",
                        access.functions().isEmpty()
                                ? "those that are known to be harmless"
                                : list(access.functions())
                                        + ", beyond those that are known to be harmless"));
        rows.add(
                new AnswerRow(
                        "mode",
                        switch (access.mode()) {
                            case ENFORCE -> "enforce";
                            case OBSERVE ->
                                    "observe: rules for relations, columns and functions only take note";
                        }));
    }

    private static String list(List<String> patterns) {
        return patterns.isEmpty() ? "none" : String.join(", ", patterns);
    }

    private static String time(@Nullable Duration duration) {
        return duration == null ? UNLIMITED : duration.toMillis() / 1000.0 + " s";
    }

    private static String count(long limit, String unit) {
        return limit == Long.MAX_VALUE ? UNLIMITED : limit + unit;
    }
}
