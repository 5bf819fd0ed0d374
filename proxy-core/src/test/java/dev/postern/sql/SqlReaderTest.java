package dev.postern.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.CatalogView;
import dev.postern.protocol.SqlText;
import dev.postern.sql.SqlFacts.Reason;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.ParseOutcome;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of trees that are not as expected, and of grammars that give up. */
class SqlReaderTest {

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {"stmts":[{"stmt":{"NewStmt":{}}}]} | NODE_UNKNOWN | NewStmt
                    {"stmts":[{"stmt":{"SelectStmt":{"newClause":{}}}}]} | NODE_UNKNOWN | SelectStmt.newClause
                    {"stmts":[{"stmt":{"SelectStmt":{"whereClause":{"NewExpr":{}}}}}]} | NODE_UNKNOWN | NewExpr
                    {"stmts":[{"stmt":{"ColumnRef":{}}}]} | NODE_UNKNOWN | ColumnRef
                    {"stmts":[{"stmt":{}}]} | NODE_UNKNOWN | empty statement
                    {"more":1} | NODE_UNKNOWN | more
                    {"stmts":{}} | FAULT | parse tree is not as expected
                    {"stmts":[{"stmt":{"SelectStmt":{"op":[]}}}]} | NODE_UNKNOWN | op
                    {"stmts":[ | FAULT | parse tree is not as expected
                    """)
    void treeThatIsNotKnown_isRefusedWithItsName(String json, Reason reason, String message) {
        assertThat(
                        read(
                                new ParseOutcome.Tree(json.getBytes(StandardCharsets.UTF_8)),
                                GateLimits.DEFAULT))
                .isEqualTo(new SqlFacts.Unreadable(reason, message, 0));
    }

    @Test
    void unknownFieldsOfStatementsThatNeverPass_areSkipped() {
        String json =
                "{\"stmts\":[{\"stmt\":{\"DropStmt\":{\"objects\":[{\"List\":{\"items\":[]}}],\"newField\":{\"a\":[1]}}}}]}";
        assertThat(
                        read(
                                new ParseOutcome.Tree(json.getBytes(StandardCharsets.UTF_8)),
                                GateLimits.DEFAULT))
                .isInstanceOfSatisfying(
                        SqlFacts.Parsed.class,
                        parsed ->
                                assertThat(parsed.statements().get(0).statement())
                                        .isEqualTo(new Statement.Refused("DROP", true)));
    }

    @Test
    void treeBeyondALimit_isTooComplex() {
        String json = "{\"stmts\":[{\"stmt\":{\"SelectStmt\":{}}},{\"stmt\":{\"SelectStmt\":{}}}]}";
        ParseOutcome tree = new ParseOutcome.Tree(json.getBytes(StandardCharsets.UTF_8));
        assertTooComplex(read(tree, new GateLimits(100, 10, 10, 10, 10)));
        assertTooComplex(read(tree, new GateLimits(100, 1000, 1, 10, 10)));
        assertTooComplex(read(tree, new GateLimits(100, 1000, 10, 1, 10)));
        assertTooComplex(read(tree, new GateLimits(100, 1000, 10, 10, 1)));
    }

    @Test
    void interruptedThread_givesUp() {
        Thread.currentThread().interrupt();
        String json = "{\"stmts\":[{\"stmt\":{\"SelectStmt\":{}}}]}";
        assertTooComplex(
                read(
                        new ParseOutcome.Tree(json.getBytes(StandardCharsets.UTF_8)),
                        GateLimits.DEFAULT));
    }

    @Test
    void grammarThatGaveUp_isSpent() {
        SqlReader reader =
                new SqlReader(
                        grammar(new ParseOutcome.Exhausted(ParseOutcome.Resource.TIME)),
                        GateLimits.DEFAULT);
        assertTooComplex(reader.read(text(), CatalogView.UNKNOWN));
        assertThat(reader.isSpent()).isTrue();
    }

    private static void assertTooComplex(SqlFacts facts) {
        assertThat(facts)
                .isInstanceOfSatisfying(
                        SqlFacts.Unreadable.class,
                        unreadable ->
                                assertThat(unreadable.reason()).isEqualTo(Reason.TOO_COMPLEX));
    }

    private static SqlFacts read(ParseOutcome outcome, GateLimits limits) {
        return new SqlReader(grammar(outcome), limits).read(text(), CatalogView.UNKNOWN);
    }

    private static SqlText text() {
        return SqlText.owning("SELECT".getBytes(StandardCharsets.UTF_8));
    }

    private static Grammar grammar(ParseOutcome outcome) {
        return new Grammar() {
            @Override
            public ParseOutcome parse(byte[] utf8) {
                return outcome;
            }

            @Override
            public void close() {}
        };
    }
}
