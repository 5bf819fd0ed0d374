package dev.postern.sql;

import dev.postern.catalog.Names;
import dev.postern.catalog.Oids;
import dev.postern.sql.SettingUse.Access;
import dev.postern.sql.Statement.CopyTarget;
import dev.postern.sql.Statement.Option;
import dev.postern.sql.Statement.TransactionKind;
import dev.postern.sql.SyntaxSchema.RefusedTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the tree of one statement into facts. */
final class StatementReader {

    /** {@code CURSOR_OPT_HOLD} of PostgreSQL's parsenodes.h. */
    private static final long CURSOR_HOLD = 0x0020;

    /**
     * How deep EXPLAIN, PREPARE and their like may wrap a statement; the grammar itself allows no
     * more.
     */
    private static final int MAX_WRAPPERS = 4;

    private final FactsCollector found;
    private final TextPositions positions;
    private final ValueTypes types;
    private final ExpressionWalker walker;

    private StatementReader(TextPositions positions, Names names, Oids parameterTypes) {
        this.positions = positions;
        this.found = new FactsCollector(names, parameterTypes, positions);
        this.types = new ValueTypes(found);
        this.walker = new ExpressionWalker(found, types);
    }

    /**
     * Returns the facts, {@code null} if the node is no statement.
     *
     * @param names what names mean
     * @param parameterTypes the types that parameters are declared to have
     */
    static @Nullable StatementFacts read(
            @Nullable SyntaxNode node, TextPositions positions, Names names, Oids parameterTypes) {
        StatementReader reader = new StatementReader(positions, names, parameterTypes);
        Statement statement = reader.statement(node, 0);
        return statement == null ? null : reader.found.facts(statement, reader.types);
    }

    private @Nullable Statement statement(@Nullable SyntaxNode node, int wrappers) {
        if (node == null || wrappers > MAX_WRAPPERS) {
            return null;
        }
        RefusedTag refused = node.type().refused();
        if (refused != null) {
            walker.walk(ExpressionWalker.refusedTarget(node));
            return new Statement.Refused(refused.command(), refused.writes());
        }
        Statement.Question question = wrappers == 0 ? QuestionReader.read(node) : null;
        if (question != null) {
            if (node.is("SelectStmt")) {
                walker.walk(node);
            }
            return question;
        }
        return switch (node.type().name()) {
            case "SelectStmt" -> {
                walker.walkQuery(node);
                yield new Statement.Select();
            }
            case "ExplainStmt" -> {
                Statement target = statement(node.node("query"), wrappers + 1);
                yield target == null
                        ? null
                        : new Statement.Explain(target, options(node.list("options")));
            }
            case "VariableSetStmt" -> set(node);
            case "VariableShowStmt" -> {
                String name = node.text("name");
                if (name != null && !name.equals("all")) {
                    found.settings.add(
                            new SettingUse(Access.READ, name.toLowerCase(Locale.ROOT), null, 0));
                }
                yield new Statement.Setting("SHOW", false);
            }
            case "TransactionStmt" -> transaction(node);
            case "PrepareStmt" -> {
                walker.walk(node.list("argtypes"));
                Statement body = statement(node.node("query"), wrappers + 1);
                yield body == null ? null : new Statement.Prepare(orEmpty(node.text("name")), body);
            }
            case "ExecuteStmt" -> {
                walker.walk(node.list("params"));
                yield new Statement.Execute(orEmpty(node.text("name")));
            }
            case "DeallocateStmt" -> new Statement.Deallocate(node.text("name"));
            case "DeclareCursorStmt" -> {
                Statement body = statement(node.node("query"), wrappers + 1);
                yield body == null
                        ? null
                        : new Statement.DeclareCursor(
                                body, (node.number("options") & CURSOR_HOLD) != 0);
            }
            case "FetchStmt" -> new Statement.Cursor(node.flag("ismove") ? "MOVE" : "FETCH");
            case "ClosePortalStmt" -> new Statement.Cursor("CLOSE CURSOR");
            case "CopyStmt" -> copy(node, wrappers);
            case "DiscardStmt" ->
                    new Statement.Discard(orEmpty(node.text("target")).replace('_', ' ').strip());
            case "UnlistenStmt" -> new Statement.Unlisten();
            // When constraints are checked makes no difference to reads.
            case "ConstraintsSetStmt" -> new Statement.Setting("SET CONSTRAINTS", true);
            default -> null;
        };
    }

    private @Nullable Statement copy(SyntaxNode node, int wrappers) {
        boolean from = node.flag("is_from");
        CopyTarget target;
        if (node.flag("is_program")) {
            target = from ? CopyTarget.FROM_PROGRAM : CopyTarget.TO_PROGRAM;
        } else if (node.has("filename")) {
            target = from ? CopyTarget.FROM_FILE : CopyTarget.TO_FILE;
        } else {
            target = from ? CopyTarget.FROM_CLIENT : CopyTarget.TO_CLIENT;
        }
        walker.copied(node.node("relation"), FromClause.strings(node.list("attlist")));
        walker.walk(node.node("whereClause"));
        SyntaxNode query = node.node("query");
        Statement body = null;
        if (query != null) {
            body = statement(query, wrappers + 1);
            if (body == null) {
                return null;
            }
        }
        return new Statement.Copy(target, body, options(node.list("options")));
    }

    private Statement transaction(SyntaxNode node) {
        TransactionKind kind =
                switch (orEmpty(node.text("kind"))) {
                    case "TRANS_STMT_BEGIN" -> TransactionKind.BEGIN;
                    case "TRANS_STMT_START" -> TransactionKind.START;
                    case "TRANS_STMT_COMMIT" -> TransactionKind.COMMIT;
                    case "TRANS_STMT_ROLLBACK" -> TransactionKind.ROLLBACK;
                    case "TRANS_STMT_SAVEPOINT" -> TransactionKind.SAVEPOINT;
                    case "TRANS_STMT_RELEASE" -> TransactionKind.RELEASE;
                    case "TRANS_STMT_ROLLBACK_TO" -> TransactionKind.ROLLBACK_TO;
                    case "TRANS_STMT_COMMIT_PREPARED" -> TransactionKind.COMMIT_PREPARED;
                    case "TRANS_STMT_ROLLBACK_PREPARED" -> TransactionKind.ROLLBACK_PREPARED;
                    default -> TransactionKind.PREPARE;
                };
        return new Statement.Transaction(kind, options(node.list("options")));
    }

    private Statement set(SyntaxNode node) {
        String name = orEmpty(node.text("name")).toLowerCase(Locale.ROOT);
        int position = positions.character(node.location());
        return switch (orEmpty(node.text("kind"))) {
            case "VAR_SET_VALUE" -> {
                found.settings.add(
                        new SettingUse(Access.SET, name, values(node.list("args")), position));
                yield new Statement.Setting("SET", node.flag("is_local"));
            }
            case "VAR_SET_DEFAULT" -> {
                found.settings.add(new SettingUse(Access.SET_DEFAULT, name, null, position));
                yield new Statement.Setting("SET", node.flag("is_local"));
            }
            case "VAR_RESET" -> {
                found.settings.add(new SettingUse(Access.RESET, name, null, position));
                yield new Statement.Setting("RESET", false);
            }
            case "VAR_RESET_ALL" -> {
                found.settings.add(new SettingUse(Access.RESET_ALL, null, null, position));
                yield new Statement.Setting("RESET", false);
            }
            case "VAR_SET_MULTI" -> {
                TransactionKind kind =
                        switch (name) {
                            case "transaction" -> TransactionKind.SET_TRANSACTION;
                            case "session characteristics" ->
                                    TransactionKind.SET_SESSION_CHARACTERISTICS;
                            default -> TransactionKind.SET_SNAPSHOT;
                        };
                List<Option> modes =
                        kind == TransactionKind.SET_SNAPSHOT
                                ? List.of()
                                : options(node.list("args"));
                yield new Statement.Transaction(kind, modes);
            }
            default -> {
                // SET … FROM CURRENT has no meaning outside CREATE FUNCTION: a value nobody can
                // see.
                found.settings.add(new SettingUse(Access.SET, name, null, position));
                yield new Statement.Setting("SET", node.flag("is_local"));
            }
        };
    }

    /** Returns the values of SET, {@code null} if one of them is no constant. */
    private static @Nullable List<String> values(List<@Nullable SyntaxNode> arguments) {
        List<String> values = new ArrayList<>(arguments.size());
        for (SyntaxNode argument : arguments) {
            String value = Constants.text(argument);
            if (value == null && argument != null && argument.is("TypeCast")) {
                // SET TIME ZONE INTERVAL '…', the one cast that SET knows.
                value = Constants.text(argument.node("arg"));
            }
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return values;
    }

    private List<Option> options(List<@Nullable SyntaxNode> nodes) {
        List<Option> options = new ArrayList<>(nodes.size());
        for (SyntaxNode node : nodes) {
            if (node != null && node.is("DefElem")) {
                options.add(
                        new Option(
                                orEmpty(node.text("defname")).toLowerCase(Locale.ROOT),
                                optionValue(node.node("arg")),
                                positions.character(node.location())));
            } else {
                options.add(new Option("", null, 0));
            }
        }
        return options;
    }

    private static @Nullable String optionValue(@Nullable SyntaxNode value) {
        if (value == null) {
            return null;
        }
        return switch (value.type().name()) {
            case "String" -> orEmpty(value.text("sval"));
            case "Integer" -> Long.toString(value.number("ival"));
            case "Float" -> value.text("fval");
            case "Boolean" -> Boolean.toString(value.flag("boolval"));
            default -> Constants.text(value);
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
