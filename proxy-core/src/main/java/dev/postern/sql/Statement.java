package dev.postern.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a statement is. What it names is in {@link StatementFacts}. */
public sealed interface Statement {

    /** Returns its command tag, from a closed set. */
    String command();

    /** SELECT, VALUES, TABLE and WITH in front of them. */
    record Select() implements Statement {
        @Override
        public String command() {
            return "SELECT";
        }
    }

    /**
     * EXPLAIN, with or without ANALYZE.
     *
     * @param options names in lower case
     */
    record Explain(Statement target, List<Option> options) implements Statement {

        public Explain {
            options = List.copyOf(options);
        }

        @Override
        public String command() {
            return "EXPLAIN";
        }
    }

    /**
     * SET, RESET and SHOW; the setting is among the facts.
     *
     * @param local whether it ends with the transaction
     */
    record Setting(String command, boolean local) implements Statement {}

    /**
     * A statement about transactions.
     *
     * @param modes what BEGIN, START TRANSACTION, SET TRANSACTION and SET SESSION CHARACTERISTICS
     *     give, as settings
     */
    record Transaction(TransactionKind kind, List<Option> modes) implements Statement {

        public Transaction {
            modes = List.copyOf(modes);
        }

        @Override
        public String command() {
            return kind.command();
        }
    }

    /** PREPARE. */
    record Prepare(String name, Statement body) implements Statement {
        @Override
        public String command() {
            return "PREPARE";
        }
    }

    /** EXECUTE. */
    record Execute(String name) implements Statement {
        @Override
        public String command() {
            return "EXECUTE";
        }
    }

    /**
     * DEALLOCATE.
     *
     * @param name {@code null} for ALL
     */
    record Deallocate(@Nullable String name) implements Statement {
        @Override
        public String command() {
            return name == null ? "DEALLOCATE ALL" : "DEALLOCATE";
        }
    }

    /**
     * DECLARE CURSOR.
     *
     * @param holdable whether the cursor outlives its transaction (WITH HOLD)
     */
    record DeclareCursor(Statement body, boolean holdable) implements Statement {
        @Override
        public String command() {
            return "DECLARE CURSOR";
        }
    }

    /** FETCH, MOVE and CLOSE. */
    record Cursor(String command) implements Statement {}

    /**
     * COPY.
     *
     * @param body what is copied, {@code null} for a table
     * @param target where to or from
     */
    record Copy(CopyTarget target, @Nullable Statement body, List<Option> options)
            implements Statement {

        public Copy {
            options = List.copyOf(options);
        }

        @Override
        public String command() {
            return "COPY";
        }
    }

    /** DISCARD. */
    record Discard(String command) implements Statement {}

    /** UNLISTEN. */
    record Unlisten() implements Statement {
        @Override
        public String command() {
            return "UNLISTEN";
        }
    }

    /** A question that Postern answers itself; nothing of the text goes to the server. */
    sealed interface Question extends Statement {}

    /** {@code SHOW postern.policy} and {@code SHOW postern.agent}. */
    record ShowQuestion(Subject subject) implements Question {
        @Override
        public String command() {
            return "SHOW";
        }
    }

    /**
     * {@code SELECT postern.check('…')} and {@code SELECT * FROM postern.check('…')}.
     *
     * @param sql what to judge; {@code null} if it comes as the parameter {@code $1}
     * @param column the name of the one column; {@code null} for a row of columns, as from FROM
     */
    record CheckQuestion(@Nullable String sql, @Nullable String column) implements Question {
        @Override
        public String command() {
            return "SELECT";
        }
    }

    /**
     * A statement that never passes.
     *
     * @param writes whether it writes, rather than touching the session or the server in another
     *     way
     */
    record Refused(String command, boolean writes) implements Statement {}

    /**
     * A named option with its value.
     *
     * @param name in lower case
     * @param value {@code null} if none is given or it is no constant
     * @param position character counted from 1, 0 if unknown
     */
    record Option(String name, @Nullable String value, int position) {}

    /** What can be asked about by SHOW. */
    enum Subject {
        /** What the agent may do. */
        POLICY,
        /** Who the agent is. */
        AGENT
    }

    /** Where COPY reads from or writes to. */
    enum CopyTarget {
        TO_CLIENT,
        TO_FILE,
        TO_PROGRAM,
        FROM_CLIENT,
        FROM_FILE,
        FROM_PROGRAM
    }

    /** The statements about transactions. */
    enum TransactionKind {
        BEGIN("BEGIN"),
        START("START TRANSACTION"),
        COMMIT("COMMIT"),
        ROLLBACK("ROLLBACK"),
        SAVEPOINT("SAVEPOINT"),
        RELEASE("RELEASE"),
        ROLLBACK_TO("ROLLBACK"),
        SET_TRANSACTION("SET"),
        SET_SESSION_CHARACTERISTICS("SET"),
        SET_SNAPSHOT("SET"),
        PREPARE("PREPARE TRANSACTION"),
        COMMIT_PREPARED("COMMIT PREPARED"),
        ROLLBACK_PREPARED("ROLLBACK PREPARED");

        private final String command;

        TransactionKind(String command) {
            this.command = command;
        }

        /** Returns the command tag. */
        public String command() {
            return command;
        }
    }
}
