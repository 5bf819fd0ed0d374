package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.sql.Statement;
import dev.postern.sql.Statement.CheckQuestion;
import dev.postern.sql.Statement.ShowQuestion;
import dev.postern.sql.Statement.Subject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which texts are questions to Postern, and what becomes of those that only resemble one. */
class QuestionsTest {

    private static final TestGate GATE = new TestGate();

    @AfterAll
    static void close() {
        GATE.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SHOW postern.policy",
                "show Postern.POLICY;",
                "/* who */ SHOW \"postern\".\"policy\" -- am I",
            })
    void showPolicy_isAQuestion(String sql) {
        assertAsks(sql, new ShowQuestion(Subject.POLICY));
        assertThat(GATE.judge(sql).summary().command()).isEqualTo("SHOW");
    }

    @Test
    void showAgent_isAQuestion() {
        assertAsks("SHOW postern.agent", new ShowQuestion(Subject.AGENT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            textBlock =
                    """
                    SELECT postern.check('DELETE FROM t') | DELETE FROM t | check
                    SELECT postern.check('SELECT ''a''') AS verdict; | SELECT 'a' | verdict
                    select "postern"."check"(E'a\\'b'::text) as "A ""b" | a'b | A "b
                    SELECT postern.check($$SELECT 1$$) | SELECT 1 | check
                    SELECT postern.check('') | `` | check
                    SELECT postern.check($1) | - | check
                    SELECT postern.check($1::pg_catalog.text) | - | check
                    SELECT * FROM postern.check('SELECT 1') | SELECT 1 | -
                    SELECT * FROM postern.check($1) AS c | - | -
                    """)
    void check_isAQuestion(String sql, @Nullable String checked, @Nullable String column) {
        assertAsks(sql, new CheckQuestion(checked, column));
        assertThat(GATE.judge(sql).summary().functions()).containsExactly("postern.check");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SHOW postern",
                "SHOW postern.policies",
                "SHOW postern.policy; SELECT 1",
                "SELECT 1; SHOW postern.agent",
                "SELECT postern.check('SELECT 1'); SELECT 2",
                "SELECT postern.check(1)",
                "SELECT postern.check(NULL)",
                "SELECT postern.check()",
                "SELECT postern.check($2)",
                "SELECT postern.check('a' || 'b')",
                "SELECT postern.check('a', 'b')",
                "SELECT postern.check('a'), 1",
                "SELECT postern.check('a')::text",
                "SELECT (postern.check('a')).x",
                "SELECT lower(postern.check('a'))",
                "SELECT DISTINCT postern.check('a')",
                "SELECT postern.check('a') LIMIT 1",
                "SELECT postern.check('a') WHERE false",
                "SELECT postern.check('a') FROM t",
                "SELECT postern.check('a') UNION SELECT '1'",
                "SELECT postern.check(VARIADIC 'a')",
                "SELECT postern.check(DISTINCT 'a')",
                "SELECT postern.check('a') OVER ()",
                "SELECT a FROM postern.check('a')",
                "SELECT x.* FROM postern.check('a') x",
                "SELECT * FROM postern.check('a') x(a, b)",
                "SELECT * FROM postern.check('a') AS x(a int)",
                "SELECT * FROM postern.check('a') WITH ORDINALITY",
                "SELECT * FROM ROWS FROM (postern.check('a'))",
                "SELECT * FROM ROWS FROM (postern.check('a'), postern.check('b'))",
                "SELECT * FROM postern.check('a'), t",
                "SELECT * FROM LATERAL postern.check('a')",
                "SELECT * FROM postern.check('a') WHERE false",
                "WITH c AS (SELECT postern.check('a')) SELECT * FROM c",
                "SELECT (SELECT postern.check('a'))",
                "EXPLAIN SELECT postern.check('a')",
                "PREPARE p AS SELECT postern.check('a')",
                "DECLARE c CURSOR FOR SELECT postern.check('a')",
                "COPY (SELECT postern.check('a')) TO STDOUT",
                "SELECT postern.policy()",
                "VALUES (postern.check('a'))",
            })
    void whatResemblesAQuestion_isRefused_withTheFormsThatPass(String sql) {
        assertThat(GATE.judge(sql))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> {
                            assertThat(deny.denial().rule()).isEqualTo(Rule.QUESTION);
                            assertThat(deny.denial().object()).isNotBlank();
                            assertThat(deny.denial().hint())
                                    .contains("SHOW postern.policy")
                                    .contains("SELECT postern.check(");
                        });
    }

    @Test
    void call_thatIsNoQuestion_isRefusedAtItsPlace() {
        assertThat(GATE.judge("SELECT 1, postern.check('a')"))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> assertThat(deny.denial().position()).isEqualTo(11));
    }

    @Test
    void policyThatAllowsTheSchema_changesNothing() {
        Policy policy =
                new Policy(
                        "p",
                        Access.DEFAULT.withFunctions(List.of("postern.*", "postern.check(*)")));
        assertThat(GATE.judge("SELECT postern.check('a'), 1", policy))
                .isInstanceOf(Verdict.Deny.class);
        assertThat(GATE.judge("SELECT postern.check('a')", policy))
                .isInstanceOf(Verdict.Answer.class);
    }

    @Test
    void verdictOnAQuestion_holdsForThisTextOnly() {
        byte[] text = "SELECT postern.check('a')".getBytes(StandardCharsets.UTF_8);
        assertThat(GATE.gate().holdsForAnyConstants(GATE.read(text))).isFalse();
    }

    private static void assertAsks(String sql, Statement.Question question) {
        assertThat(GATE.judge(sql))
                .isInstanceOfSatisfying(
                        Verdict.Answer.class,
                        answer -> assertThat(answer.question()).isEqualTo(question));
    }
}
