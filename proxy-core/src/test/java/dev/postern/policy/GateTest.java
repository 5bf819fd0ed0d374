package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.protocol.SqlState;
import dev.postern.sql.GateLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule that a text can break: what it refuses, and its neighbour that passes. */
class GateTest {

    private static final TestGate GATE = new TestGate();

    @AfterAll
    static void close() {
        GATE.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    WRITE | 25006 | INSERT INTO t VALUES (1) | VALUES (1)
                    WRITE | 25006 | EXPLAIN DELETE FROM t | EXPLAIN SELECT * FROM t
                    WRITE | 25006 | PREPARE p AS UPDATE t SET a = 1 | PREPARE p AS SELECT 1
                    WRITE | 25006 | COMMIT PREPARED 'x' | COMMIT
                    STATEMENT_NOT_ALLOWED | 42501 | LISTEN a | CLOSE ALL
                    STATEMENT_NOT_ALLOWED | 42501 | CALL p() | SELECT lower('a')
                    STATEMENT_NOT_ALLOWED | 42501 | EXPLAIN (extension_option) SELECT 1 | EXPLAIN (ANALYZE, FORMAT json) SELECT 1
                    STATEMENT_NOT_ALLOWED | 42501 | NOTIFY a | UNLISTEN a
                    STATEMENT_NOT_ALLOWED | 42501 | LOCK TABLE t | SET CONSTRAINTS ALL DEFERRED
                    DATA_MODIFYING_CTE | 25006 | WITH d AS (DELETE FROM t RETURNING 1) SELECT * FROM d | WITH d AS (SELECT 1) SELECT * FROM d
                    SELECT_INTO | 25006 | SELECT 1 INTO t | SELECT 1
                    ROW_LOCK | 25006 | SELECT * FROM t FOR SHARE | SELECT * FROM t FOR READ ONLY
                    TRANSACTION_MODE | 42501 | BEGIN READ WRITE | BEGIN READ ONLY
                    TRANSACTION_MODE | 42501 | SET TRANSACTION READ ONLY, READ WRITE | SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
                    SETTING | 42501 | SET default_transaction_read_only = 'of' | SET default_transaction_read_only = 'tr'
                    SETTING | 42501 | SELECT set_config('search_path', 'a, pg_catalog', false) | SELECT set_config('search_path', 'a, b', false)
                    SETTING | 42501 | SELECT set_config(x, 'on', false) FROM t | SELECT set_config('jit', x, false) FROM t
                    SETTING | 42501 | SHOW primary_conninfo | SHOW server_version
                    SETTING | 42501 | SELECT current_setting($1) | SELECT current_setting('TimeZone')
                    SETTING | 42501 | SELECT * FROM pg_settings WHERE name = 'ssl_passphrase_command' | SELECT * FROM pg_settings WHERE name = 'work_mem'
                    SETTING | 42501 | SET role = x | RESET role
                    COPY | 25006 | COPY t FROM STDIN | COPY t TO STDOUT
                    COPY | 42501 | COPY t TO '/tmp/x' | COPY (SELECT 1) TO STDOUT (FORMAT csv, FREEZE false)
                    COPY | 42501 | COPY t TO STDOUT (ENCODING 'LATIN1') | COPY t TO STDOUT (ENCODING 'utf-8')
                    FUNCTION_UNSAFE | 42501 | SELECT nextval('s') | SELECT currval('s')
                    FUNCTION_UNSAFE | 42501 | SELECT (t).pg_sleep FROM t | SELECT (t).name FROM t
                    FUNCTION_UNSAFE | 42501 | SELECT pg_advisory_unlock_all() | SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL
                    FUNCTION_UNSAFE | 42501 | SELECT ts_rewrite(q, 'SELECT 1') FROM t | SELECT ts_rewrite(q, a, b) FROM t
                    FUNCTION_UNKNOWN | 42501 | SELECT f(1) | SELECT abs(1)
                    FUNCTION_UNKNOWN | 42501 | SELECT public.abs(1) | SELECT pg_catalog.abs(1)
                    FUNCTION_UNKNOWN | 42501 | SELECT 1 OPERATOR(public.+) 2 | SELECT 1 OPERATOR(pg_catalog.+) 2
                    FUNCTION_UNKNOWN | 42501 | SELECT 5::box_of_mine | SELECT 'x'::enum_of_mine
                    FUNCTION_UNKNOWN | 42501 | SELECT * FROM t TABLESAMPLE mine(1) | SELECT * FROM t TABLESAMPLE system(1)
                    RELATION | 42501 | TABLE pg_authid | TABLE pg_roles
                    RELATION | 42501 | SELECT query FROM pg_stat_activity | SELECT state FROM pg_stat_activity
                    RELATION | 42501 | SELECT * FROM pg_stat_activity | SELECT count(*) FROM pg_stat_activity
                    RELATION | 42501 | SELECT a FROM pg_stat_activity a | SELECT a.pid FROM pg_stat_activity a
                    RELATION | 42501 | SELECT * FROM (WITH pg_authid AS (SELECT 1) SELECT 1) x, pg_authid | WITH pg_authid AS (SELECT 1) TABLE pg_authid
                    SYNTAX | 42601 | SELEC 1 | SELECT 1
                    """)
    void textAgainstRule_isRefused_andItsNeighbourPasses(
            Rule rule, String sqlState, String refused, String passing) {
        assertThat(GATE.judge(refused))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> {
                            assertThat(deny.denial().rule()).isEqualTo(rule);
                            assertThat(deny.denial().sqlState().code()).isEqualTo(sqlState);
                            assertThat(deny.denial().hint()).isNotBlank();
                        });
        assertThat(GATE.judge(passing)).isInstanceOf(Verdict.Allow.class);
    }

    @Test
    void oneWriteAmongReads_refusesTheText() {
        assertThat(GATE.judge("SELECT 1; DELETE FROM t; SELECT 2"))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> {
                            assertThat(deny.denial().rule()).isEqualTo(Rule.WRITE);
                            assertThat(deny.summary().command()).isEqualTo("MULTIPLE");
                            assertThat(deny.summary().relations()).containsExactly("t");
                        });
    }

    @Test
    void positionCountsCharacters_fromOne() {
        assertThat(GATE.judge("SELECT 'é日🙂', evil()"))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> assertThat(deny.denial().position()).isEqualTo(15));
    }

    @Test
    void refusalWithoutAPlaceOfItsOwn_standsWhereItsStatementBegins() {
        assertThat(GATE.judge("SELECT 'é'; /* c */ LISTEN a"))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> assertThat(deny.denial().position()).isEqualTo(21));
        assertThat(GATE.judge("  DROP ROLE a"))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> assertThat(deny.denial().position()).isEqualTo(3));
    }

    @Test
    void syntaxErrorPosition_countsCharactersToo() {
        assertThat(GATE.judge("SELECT 'é' FRM t x"))
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> assertThat(deny.denial().position()).isEqualTo(16));
    }

    @Test
    void textOverTheLimit_isRefusedUnread() {
        String text = "SELECT '" + "x".repeat(GateLimits.DEFAULT.textBytes()) + "'";
        assertRule(GATE.judge(text), Rule.TEXT_TOO_LONG);
    }

    @Test
    void textNestedTooDeep_isRefused() {
        assertRule(
                GATE.judge("SELECT " + "(".repeat(20_000) + "1" + ")".repeat(20_000)),
                Rule.TEXT_TOO_COMPLEX);
        assertRule(GATE.judge("SELECT " + "1+".repeat(5_000) + "1"), Rule.TEXT_TOO_COMPLEX);
    }

    @Test
    void tooManyStatements_areRefused() {
        assertRule(
                GATE.judge("SELECT 1;".repeat(GateLimits.DEFAULT.statements() + 1)),
                Rule.TEXT_TOO_COMPLEX);
        assertThat(GATE.judge("SELECT 1;".repeat(GateLimits.DEFAULT.statements())))
                .isInstanceOf(Verdict.Allow.class);
    }

    @Test
    void bytesThatAreNoText_areRefused() {
        assertRule(
                GATE.judge(new byte[] {'S', 'E', 'L', 'E', 'C', 'T', ' ', (byte) 0xC3, '\''}),
                Rule.ENCODING);
        assertRule(
                GATE.judge(new byte[] {'S', 'E', 'L', 'E', 'C', 'T', ' ', '1', 0}), Rule.ENCODING);
    }

    @Test
    void everyStatementOfPostgreSql_thatIsNotListed_isRefused() {
        assertThat(GATE.judge("CREATE TABLE t ()")).isInstanceOf(Verdict.Deny.class);
        assertThat(GATE.judge("ALTER SYSTEM SET a = 1")).isInstanceOf(Verdict.Deny.class);
        assertThat(GATE.judge("VACUUM")).isInstanceOf(Verdict.Deny.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", "-- nothing", "/* nothing */", ";"})
    void emptyTexts_pass(String text) {
        assertThat(GATE.judge(text))
                .isInstanceOfSatisfying(
                        Verdict.Allow.class,
                        allow -> assertThat(allow.summary().command()).isEqualTo("EMPTY"));
    }

    @Test
    void functionOfPolicy_passes_butGlobNeverUnlocksAnUnsafeOne() {
        Policy policy =
                new Policy(
                        "p",
                        Access.DEFAULT.withFunctions(
                                List.of(
                                        "public.distance(*)",
                                        "geo.*",
                                        "pg_catalog.*",
                                        "pg_catalog.pg_ls_dir(*)")));
        assertThat(GATE.judge("SELECT public.distance(1, 2), distance(3)", policy))
                .isInstanceOf(Verdict.Allow.class);
        assertThat(GATE.judge("SELECT geo.anything()", policy)).isInstanceOf(Verdict.Allow.class);
        assertRule(GATE.judge("SELECT other.distance(1)", policy), Rule.FUNCTION_UNKNOWN);
        assertRule(GATE.judge("SELECT pg_sleep(1)", policy), Rule.FUNCTION_UNSAFE);
        assertThat(GATE.judge("SELECT pg_ls_dir('.')", policy)).isInstanceOf(Verdict.Allow.class);
    }

    @Test
    void fingerprint_isTheSame_forOtherConstantsAndSpace() {
        String first =
                GATE.judge("SELECT a FROM t WHERE b = 1 AND c = 'x'").summary().fingerprint();
        assertThat(first).hasSize(16);
        assertThat(
                        GATE.judge("SELECT  a\nFROM t /* c */ WHERE b = 22 AND c = 'longer'")
                                .summary()
                                .fingerprint())
                .isEqualTo(first);
        assertThat(GATE.judge("SELECT a FROM t WHERE b = 1 OR c = 'x'").summary().fingerprint())
                .isNotEqualTo(first);
    }

    @Test
    void summary_namesRelationsAndFunctions_sortedAndOnce() {
        StatementSummary summary =
                GATE.judge("WITH c AS (SELECT 1) SELECT lower(a), lower(b) FROM s.t, c, b, b x")
                        .summary();
        assertThat(summary.command()).isEqualTo("SELECT");
        assertThat(summary.relations()).containsExactly("b", "s.t");
        assertThat(summary.functions()).containsExactly("lower");
    }

    @Test
    void executeOfUnknownName_isRefusedBySession_untilItIsPrepared() {
        PreparedStatements session = new PreparedStatements();
        Verdict.Allow execute = (Verdict.Allow) GATE.judge("EXPLAIN ANALYZE EXECUTE p");
        assertThat(session.check(execute))
                .isNotNull()
                .extracting(Denial::sqlState)
                .isEqualTo(SqlState.INVALID_SQL_STATEMENT_NAME);
        assertThat(session.check((Verdict.Allow) GATE.judge("PREPARE p AS SELECT 1"))).isNull();
        assertThat(session.check(execute)).isNull();
        assertThat(
                        new PreparedStatements()
                                .check(
                                        (Verdict.Allow)
                                                GATE.judge("PREPARE q AS SELECT 1; EXECUTE q")))
                .isNull();
    }

    @Test
    void detail_isOneLineOfJson() {
        Denial denial =
                new Denial(
                        Rule.RELATION,
                        SqlState.INSUFFICIENT_PRIVILEGE,
                        "m",
                        7,
                        "a\"\\\n\u0001b",
                        "h");
        assertThat(denial.detailJson())
                .isEqualTo(
                        "{\"rule\":\"relation\",\"position\":7,\"object\":\"a\\\"\\\\\\u000a\\u0001b\"}");
        assertThat(new Denial(Rule.SYNTAX, SqlState.SYNTAX_ERROR, "m", 0, null, "h").detailJson())
                .isEqualTo("{\"rule\":\"syntax\"}");
    }

    @Test
    void refusedText_isShortForAReader_evenWhenItsNamesAreNot() {
        String name = "f".repeat(60);
        Verdict.Deny deny = (Verdict.Deny) GATE.judge("SELECT \"" + name + "\"()");
        assertThat(deny.denial().detailJson().getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThan(400);
    }

    private static void assertRule(Verdict verdict, Rule rule) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Deny.class,
                        deny -> assertThat(deny.denial().rule()).isEqualTo(rule));
    }
}
