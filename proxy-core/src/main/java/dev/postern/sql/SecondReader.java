package dev.postern.sql;

import dev.postern.protocol.SqlText;
import java.util.List;
import java.util.Locale;
import net.sf.jsqlparser.parser.AbstractJSqlParser.Dialect;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.ParseException;
import net.sf.jsqlparser.parser.StringProvider;
import net.sf.jsqlparser.statement.Commit;
import net.sf.jsqlparser.statement.DescribeStatement;
import net.sf.jsqlparser.statement.ExplainStatement;
import net.sf.jsqlparser.statement.ResetStatement;
import net.sf.jsqlparser.statement.RollbackStatement;
import net.sf.jsqlparser.statement.SavepointStatement;
import net.sf.jsqlparser.statement.SetStatement;
import net.sf.jsqlparser.statement.ShowStatement;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.UnsupportedStatement;
import net.sf.jsqlparser.statement.UseStatement;
import net.sf.jsqlparser.statement.execute.Execute;
import net.sf.jsqlparser.statement.select.ForMode;
import net.sf.jsqlparser.statement.select.ParenthesedSelect;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.select.WithItem;
import net.sf.jsqlparser.util.TablesNamesFinder;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a text by JSqlParser, an implementation that shares nothing with PostgreSQL's
 * grammar. It can only veto: a write that it sees refuses the text, and that it sees none means
 * nothing.
 *
 * <p>{@link #read} may take seconds on hostile texts; {@link #cancel} from another thread ends it.
 */
public final class SecondReader {

    /** Longer texts are not read a second time. */
    private static final int MAX_LENGTH = 16 * 1024;

    /**
     * Texts with more of these are not read a second time: thousands, nested, keep it from noticing
     * that it should stop.
     */
    private static final int MAX_PARENTHESES = 1_000;

    private final CCJSqlParser parser;

    /** Prepares to read a text. */
    public SecondReader(String sql) {
        parser =
                new CCJSqlParser(new StringProvider(sql))
                        .withDialect(Dialect.POSTGRESQL)
                        .withSquareBracketQuotation(false)
                        .withBackslashEscapeCharacter(false)
                        .withAllowComplexParsing(true);
    }

    /** Tells whether a text is one that this reader can be expected to read in its time. */
    public static boolean takes(SqlText text) {
        if (text.length() > MAX_LENGTH) {
            return false;
        }
        int parentheses = 0;
        boolean escapeString = false;
        boolean escapedQuote = false;
        byte before = 0;
        for (byte b : text.bytes()) {
            if (b == '(') {
                parentheses++;
            } else if (b == '\'') {
                escapeString |= before == 'E' || before == 'e';
                escapedQuote |= before == '\\';
            }
            before = b;
        }
        // It takes \' for the end of a string, and what stands behind for SQL.
        return parentheses <= MAX_PARENTHESES && !(escapeString && escapedQuote);
    }

    /** What came of a second reading. */
    public sealed interface Reading {

        /**
         * It saw reads only.
         *
         * @param statements how many
         */
        record Reads(int statements) implements Reading {}

        /**
         * It saw a write.
         *
         * @param what in words, such as {@code DELETE}
         */
        record Writes(String what) implements Reading {}

        /** It cannot read the text, or was told to stop. */
        record Unreadable() implements Reading {}
    }

    /** Ends {@link #read} soon, if it is running. */
    public void cancel() {
        parser.interrupted = true;
    }

    /** Reads the text. */
    public Reading read() {
        try {
            List<Statement> statements = parser.Statements();
            for (Statement statement : statements) {
                if (statement instanceof UnsupportedStatement) {
                    return new Reading.Unreadable();
                }
                String write = write(statement);
                if (write != null) {
                    return new Reading.Writes(write);
                }
            }
            return new Reading.Reads(statements.size());
        } catch (ParseException | RuntimeException | StackOverflowError e) {
            // A library that meets a text it was not written for: whatever it throws, it has no
            // vote.
            return new Reading.Unreadable();
        }
    }

    private static @Nullable String write(@Nullable Statement statement) {
        return switch (statement) {
            case null -> null;
            case Select select -> new WriteFinder().find(select);
            case ExplainStatement explain -> write(explain.getStatement());
            case SetStatement set -> null;
            case ResetStatement reset -> null;
            case ShowStatement show -> null;
            case Commit commit -> null;
            case RollbackStatement rollback -> null;
            case SavepointStatement savepoint -> null;
            case UseStatement use -> null;
            case DescribeStatement describe -> null;
            case Execute execute -> null;
            default -> name(statement);
        };
    }

    private static String name(Statement statement) {
        return statement
                .getClass()
                .getSimpleName()
                .replace("Parenthesed", "")
                .toUpperCase(Locale.ROOT);
    }

    /** Looks for what makes a query write, wherever in it. */
    private static final class WriteFinder extends TablesNamesFinder<Void> {

        private @Nullable String found;

        @Nullable String find(Select select) {
            getTables((Statement) select);
            return found;
        }

        @Override
        public <S> Void visit(PlainSelect select, S context) {
            if (select.getIntoTables() != null
                    || select.getIntoTempTable() != null
                    || select.getMySqlSelectIntoClause() != null) {
                found = "SELECT INTO";
            }
            lock(select);
            return super.visit(select, context);
        }

        @Override
        public <S> Void visit(ParenthesedSelect select, S context) {
            lock(select);
            return super.visit(select, context);
        }

        @Override
        public <S> Void visit(WithItem<?> item, S context) {
            Statement statement = item.getParenthesedStatement();
            if (statement != null && !(statement instanceof Select)) {
                found = name(statement);
            }
            return super.visit(item, context);
        }

        private void lock(Select select) {
            ForMode mode = select.getForMode();
            if (mode != null && mode != ForMode.READ_ONLY && mode != ForMode.FETCH_ONLY) {
                found = "FOR " + mode.name().replace('_', ' ');
            }
        }
    }
}
