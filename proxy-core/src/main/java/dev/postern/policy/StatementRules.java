package dev.postern.policy;

import dev.postern.protocol.SqlState;
import dev.postern.sql.Statement;
import dev.postern.sql.Statement.CopyTarget;
import dev.postern.sql.Statement.Option;
import dev.postern.sql.StatementFacts;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which statements may pass, by what they are; what they name is judged elsewhere. */
final class StatementRules {

    private static final Set<String> EXPLAIN_OPTIONS =
            Set.of(
                    "analyze",
                    "verbose",
                    "costs",
                    "settings",
                    "generic_plan",
                    "buffers",
                    "serialize",
                    "wal",
                    "timing",
                    "summary",
                    "memory",
                    "format");

    private static final Set<String> COPY_OPTIONS =
            Set.of(
                    "format",
                    "delimiter",
                    "null",
                    "header",
                    "quote",
                    "escape",
                    "force_quote",
                    "freeze",
                    "encoding");

    private static final SettingValue UTF8 = new SettingValue.Utf8Name();

    /**
     * Returns why a statement must not pass, {@code null} if nothing in its kind stands against it.
     */
    @Nullable Denial judge(Statement statement, StatementFacts facts) {
        return switch (statement) {
            case Statement.Question question -> null;
            case Statement.Select select -> null;
            case Statement.Setting setting -> null;
            case Statement.Execute execute -> null;
            case Statement.Deallocate deallocate -> null;
            case Statement.Cursor cursor -> null;
            case Statement.Discard discard -> null;
            case Statement.Explain explain -> explain(explain, facts);
            case Statement.Prepare prepare -> query(prepare.body(), "PREPARE", facts);
            case Statement.DeclareCursor declare -> query(declare.body(), "DECLARE CURSOR", facts);
            case Statement.Transaction transaction -> transaction(transaction);
            case Statement.Copy copy -> copy(copy, facts);
            case Statement.Unlisten unlisten -> null;
            case Statement.Refused refused -> refused(refused, position(facts), Denials.READS_PASS);
        };
    }

    /**
     * Returns why a statement must not stand behind a {@code RESET ALL} of the same text: what
     * Postern has told the server of the session's agent is told anew only after the text.
     */
    @Nullable Denial afterReset(boolean resetBefore, Statement statement) {
        if (!resetBefore) {
            return null;
        }
        return switch (statement) {
            case Statement.Select select -> readAfterReset(statement);
            case Statement.Explain explain -> readAfterReset(statement);
            case Statement.Execute execute -> readAfterReset(statement);
            case Statement.DeclareCursor declare -> readAfterReset(statement);
            case Statement.Copy copy -> readAfterReset(statement);
            case Statement.Cursor cursor ->
                    cursor.command().startsWith("CLOSE") ? null : readAfterReset(statement);
            case Statement.Setting setting -> null;
            case Statement.Prepare prepare -> null;
            case Statement.Deallocate deallocate -> null;
            case Statement.Discard discard -> null;
            case Statement.Transaction transaction -> null;
            case Statement.Unlisten unlisten -> null;
            case Statement.Question question -> null;
            case Statement.Refused refused -> null;
        };
    }

    private static Denial readAfterReset(Statement statement) {
        return new Denial(
                Rule.SETTING,
                SqlState.INSUFFICIENT_PRIVILEGE,
                statement.command()
                        + " behind RESET ALL in one text is not allowed: it would run without"
                        + " the session's identity",
                0,
                "RESET ALL",
                "Send RESET ALL by itself, or last.");
    }

    private @Nullable Denial explain(Statement.Explain explain, StatementFacts facts) {
        for (Option option : explain.options()) {
            if (!EXPLAIN_OPTIONS.contains(option.name())) {
                return new Denial(
                        Rule.STATEMENT_NOT_ALLOWED,
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "EXPLAIN option " + option.name() + " is not known",
                        option.position(),
                        option.name(),
                        "Options that pass: "
                                + String.join(", ", EXPLAIN_OPTIONS.stream().sorted().toList())
                                + ".");
            }
        }
        return switch (explain.target()) {
            case Statement.Select select -> null;
            case Statement.Execute execute -> null;
            case Statement.DeclareCursor declare -> judge(declare, facts);
            case Statement.Refused refused ->
                    refused(refused, position(facts), "EXPLAIN of a SELECT passes.");
            case Statement other ->
                    refused(
                            new Statement.Refused("EXPLAIN " + other.command(), false),
                            0,
                            "EXPLAIN of a SELECT passes.");
        };
    }

    private static @Nullable Denial query(Statement body, String around, StatementFacts facts) {
        if (body instanceof Statement.Select) {
            return null;
        }
        if (body instanceof Statement.Refused refused) {
            return refused(refused, position(facts), around + " of a SELECT passes.");
        }
        return refused(
                new Statement.Refused(around + " " + body.command(), false),
                0,
                around + " of a SELECT passes.");
    }

    private static @Nullable Denial transaction(Statement.Transaction transaction) {
        return switch (transaction.kind()) {
            case BEGIN, START, SET_TRANSACTION, SET_SESSION_CHARACTERISTICS ->
                    modes(transaction.modes());
            case COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK_TO -> null;
            case SET_SNAPSHOT ->
                    refused(
                            new Statement.Refused("SET TRANSACTION SNAPSHOT", false),
                            0,
                            "Transactions take a snapshot of their own.");
            case PREPARE, COMMIT_PREPARED, ROLLBACK_PREPARED ->
                    refused(
                            new Statement.Refused(transaction.command(), true),
                            0,
                            "COMMIT and ROLLBACK pass.");
        };
    }

    private static @Nullable Denial modes(List<Option> modes) {
        for (Option mode : modes) {
            boolean passes =
                    switch (mode.name()) {
                        case "transaction_isolation", "transaction_deferrable" -> true;
                        case "transaction_read_only" ->
                                mode.value() != null && !mode.value().equals("0");
                        default -> false;
                    };
            if (!passes) {
                return new Denial(
                        Rule.TRANSACTION_MODE,
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "transactions are read only here: READ WRITE is not allowed",
                        mode.position(),
                        "READ WRITE",
                        "Leave READ WRITE out; isolation levels, READ ONLY and DEFERRABLE pass.");
            }
        }
        return null;
    }

    private static @Nullable Denial copy(Statement.Copy copy, StatementFacts facts) {
        if (copy.target() != CopyTarget.TO_CLIENT) {
            return copyDenial(copy.target());
        }
        if (copy.body() != null) {
            Denial denial = query(copy.body(), "COPY", facts);
            if (denial != null) {
                return denial;
            }
        }
        for (Option option : copy.options()) {
            boolean encoding = option.name().equals("encoding");
            boolean passes =
                    encoding
                            ? option.value() != null && UTF8.accepts(List.of(option.value()))
                            : COPY_OPTIONS.contains(option.name());
            if (!passes) {
                return new Denial(
                        Rule.COPY,
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "COPY option " + option.name() + " is not allowed here",
                        option.position(),
                        option.name(),
                        "Options that pass: "
                                + String.join(", ", COPY_OPTIONS.stream().sorted().toList())
                                + "; encoding only as UTF8.");
            }
        }
        return null;
    }

    private static Denial copyDenial(CopyTarget target) {
        String form =
                switch (target) {
                    case TO_CLIENT -> "COPY TO STDOUT";
                    case TO_FILE -> "COPY TO a file of the server";
                    case TO_PROGRAM -> "COPY TO PROGRAM";
                    case FROM_CLIENT -> "COPY FROM STDIN";
                    case FROM_FILE -> "COPY FROM a file of the server";
                    case FROM_PROGRAM -> "COPY FROM PROGRAM";
                };
        boolean writes =
                target == CopyTarget.FROM_CLIENT
                        || target == CopyTarget.FROM_FILE
                        || target == CopyTarget.FROM_PROGRAM;
        return new Denial(
                Rule.COPY,
                writes ? SqlState.READ_ONLY_SQL_TRANSACTION : SqlState.INSUFFICIENT_PRIVILEGE,
                form + " is not a read",
                0,
                form,
                "COPY (query) TO STDOUT and COPY table TO STDOUT pass.");
    }

    private static Denial refused(Statement.Refused refused, int position, String hint) {
        if (refused.writes()) {
            return new Denial(
                    Rule.WRITE,
                    SqlState.READ_ONLY_SQL_TRANSACTION,
                    refused.command() + " writes: only reads are allowed",
                    position,
                    refused.command(),
                    hint);
        }
        return new Denial(
                Rule.STATEMENT_NOT_ALLOWED,
                SqlState.INSUFFICIENT_PRIVILEGE,
                refused.command() + " is not allowed: only reads are",
                position,
                refused.command(),
                hint);
    }

    private static int position(StatementFacts facts) {
        return facts.relations().isEmpty() ? 0 : facts.relations().get(0).position();
    }
}
