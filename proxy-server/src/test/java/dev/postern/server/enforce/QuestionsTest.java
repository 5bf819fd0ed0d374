package dev.postern.server.enforce;

import static dev.postern.server.enforce.Wire.all;
import static dev.postern.server.enforce.Wire.bind;
import static dev.postern.server.enforce.Wire.complete;
import static dev.postern.server.enforce.Wire.describePortal;
import static dev.postern.server.enforce.Wire.error;
import static dev.postern.server.enforce.Wire.execute;
import static dev.postern.server.enforce.Wire.message;
import static dev.postern.server.enforce.Wire.parse;
import static dev.postern.server.enforce.Wire.query;
import static dev.postern.server.enforce.Wire.ready;
import static dev.postern.server.enforce.Wire.row;
import static dev.postern.server.enforce.Wire.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.policy.Access;
import dev.postern.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is sent in place of a question to Postern. */
class QuestionsTest {

    private static final byte[] PARSED = message('1');
    private static final byte[] BOUND = message('2');

    private static final String POLICY_ROWS =
            "SELECT * FROM (VALUES (E'policy'::pg_catalog.text, E'first'::pg_catalog.text)) AS answer(name, value)";
    private static final String ALLOWED = "{\"decision\":\"allow\"}";
    private static final String DENIED =
            "{\"decision\":\"deny\",\"rule\":\"write\",\"sqlstate\":\"25006\",\"message\":\"no\",\"hint\":\"Read.\"}";
    private static final String OF_PARAMETER =
            "SELECT $1::pg_catalog.text::pg_catalog.json AS \"check\"";

    private final Relay relay = new Relay();

    @Test
    void showPolicy_inQuery_isRecordedAsAsked_thenItsRowsAreSent() {
        relay.agentSends(query("SHOW POLICY"));

        assertThat(relay.journal).containsExactly("StatementDecided", "upstream Q");
        assertThat(relay.decisions()).containsExactly("SHOW POLICY");
        assertThat(relay.upstream.take()).isEqualTo(query(POLICY_ROWS));

        relay.upstreamSends(row(1), complete("SELECT 1"), ready('I'));
        assertThat(relay.agent.takeTypes()).isEqualTo("DCZ");
        assertThat(relay.completions())
                .singleElement()
                .satisfies(completed -> {
                    assertThat(completed.rows()).isOne();
                    assertThat(completed.sqlState()).isNull();
                });
    }

    @Test
    void showAgent_withQuotesAndBackslashes_isALiteralWhateverTheSettings() {
        relay.agentSends(query("SHOW AGENT"));

        assertThat(relay.upstream.takeText()).contains("E'o''brien \\\\ co'");
    }

    @Test
    void question_recordRefused_isRefused() {
        relay.auditAccepts = false;
        relay.agentSends(query("SHOW POLICY"));

        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.agent.takeText()).contains("audit_unavailable");
    }

    @Test
    void question_quotaUsedUp_isRefused() {
        Relay limited =
                new Relay(
                        new SessionLimits(
                                Duration.ofSeconds(10), 3, 1000, 4, 4, 8, Duration.ofMinutes(1)),
                        new QueryQuota(1, 1));
        limited.agentSends(query("SHOW POLICY"), query("SHOW POLICY"));
        limited.upstreamSends(row(1), complete("SELECT 1"), ready('I'));

        assertThat(limited.agent.takeText()).contains("\"rule\":\"quota\"");
        assertThat(limited.decisions()).containsExactly("SHOW POLICY", "!SHOW POLICY");
    }

    @Test
    void answer_longerThanThePolicysRows_isNotCut() {
        relay.agentSends(query("SHOW POLICY"));
        relay.upstreamSends(
                row(1), row(1), row(1), row(1), row(1), complete("SELECT 5"), ready('I'));

        assertThat(relay.agent.takeTypes()).isEqualTo("DDDDDCZ");
    }

    @Test
    void check_ofRefusedText_showsTheRefusal_andRecordsTheQuestionOnly() {
        relay.agentSends(query("CHECK WRITE"));

        assertThat(relay.upstream.take())
                .isEqualTo(query("SELECT E'" + DENIED + "'::pg_catalog.json AS \"check\""));
        assertThat(relay.decisions()).containsExactly("CHECK WRITE");
    }

    @Test
    void check_inFrom_showsAColumnForEachField() {
        relay.agentSends(query("CHECK ROW"));

        assertThat(relay.upstream.takeText())
                .contains("SELECT * FROM pg_catalog.json_to_record(E'" + DENIED)
                .contains("decision pg_catalog.text, rule pg_catalog.text");
    }

    @Test
    void check_notJudgedYet_waitsForBothVerdicts_andIsSentOnce() {
        relay.known = false;
        relay.late = true;
        relay.agentSends(query("CHECK READ"), query("SELECT 2"));
        relay.verdicts.remove().run();
        relay.runEventLoop();
        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.decisions()).isEmpty();

        relay.verdicts.remove().run();
        relay.runEventLoop();
        assertThat(relay.upstream.take())
                .isEqualTo(query("SELECT E'" + ALLOWED + "'::pg_catalog.json AS \"check\""));
        assertThat(relay.decisions()).containsExactly("CHECK READ");

        relay.verdicts.remove().run();
        relay.runEventLoop();
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 2"));
    }

    @Test
    void questionsInPipeline_keepTheirPlaceNamesAndTypes() {
        relay.agentSends(
                parse("", "SELECT 1"),
                bind("", ""),
                message('P', "n\u00e4me", "SHOW POLICY", (short) 1, 25),
                bind("", "n\u00e4me"),
                execute(""),
                sync());

        assertThat(relay.upstream.take())
                .isEqualTo(
                        all(
                                parse("", "SELECT 1"),
                                bind("", ""),
                                message('P', "n\u00e4me", POLICY_ROWS, (short) 1, 25),
                                bind("", "n\u00e4me"),
                                execute(""),
                                sync()));
    }

    @Test
    void question_asUnnamedStatement_canBeBoundAgain() {
        relay.agentSends(parse("", "SHOW POLICY"), sync());
        relay.upstreamSends(PARSED, ready('I'));
        relay.agentSends(bind("", ""), describePortal(""), execute(""), sync());

        assertThat(relay.upstream.takeTypes()).isEqualTo("PSBDES");
        assertThat(relay.decisions()).containsExactly("SHOW POLICY");
    }

    @Test
    void checkOfParameter_bound_getsTheVerdictInItsPlace() {
        relay.agentSends(
                parse("s", "CHECK $1"), bindOf("s", "DENY", (short) 1), execute(""), sync());

        assertThat(relay.upstream.take())
                .isEqualTo(
                        all(
                                parse("s", OF_PARAMETER),
                                bindOf("s", DENIED, (short) 1),
                                execute(""),
                                sync()));
        assertThat(relay.decisions()).containsExactly("CHECK $1");
    }

    @Test
    void checkOfParameter_notJudgedYet_holdsTheBindBack() {
        relay.agentSends(parse("s", "CHECK $1"));
        relay.known = false;
        relay.late = true;
        relay.agentSends(bindOf("s", "SELECT 1"), execute(""), sync());
        assertThat(relay.upstream.takeTypes()).isEqualTo("P");
        assertThat(relay.agent.reading).isFalse();

        relay.verdicts.remove().run();
        relay.runEventLoop();
        assertThat(relay.upstream.take()).isEqualTo(all(bindOf("s", ALLOWED), execute(""), sync()));
    }

    @Test
    void checkOfParameter_eachBind_isRecordedWhenItRuns() {
        relay.agentSends(
                parse("s", "CHECK $1"),
                bindOf("s", "SELECT 1"),
                execute(""),
                bindOf("s", "DENY"),
                execute(""),
                sync());

        assertThat(relay.decisions()).containsExactly("CHECK $1", "CHECK $1");
        assertThat(relay.upstream.takeTypes()).isEqualTo("PBEBES");
    }

    @Test
    void checkOfParameter_parseFailsBeforeTheBind_isRecordedAsFailed() {
        relay.agentSends(parse("s", "CHECK $1"), bindOf("s", "SELECT 1"), sync());
        relay.upstreamSends(error("25P02"), ready('E'));

        assertThat(relay.completions())
                .singleElement()
                .satisfies(completed -> assertThat(completed.sqlState()).isEqualTo("25P02"));
    }

    @Test
    void checkOfNullOrOfSeveral_isTheUpstreamsToAnswer() {
        byte[] ofNull = message('B', "", "s", (short) 0, (short) 1, -1, (short) 0);
        byte[] ofTwo =
                message('B', "", "s", (short) 0, (short) 2, -1, 1, new byte[] {'a'}, (short) 0);
        relay.agentSends(parse("s", "CHECK $1"), ofNull, ofTwo);

        assertThat(relay.upstream.take()).isEqualTo(all(parse("s", OF_PARAMETER), ofNull, ofTwo));
    }

    @Test
    void checkOfParameter_ofAnotherType_isRefused() {
        relay.agentSends(message('P', "", "CHECK $1", (short) 1, 17), sync());

        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.agent.takeText()).contains("\"rule\":\"question\"").contains("type text");
    }

    @Test
    void checkOfParameter_inQuery_isRefused() {
        relay.agentSends(query("CHECK $1"));

        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.agent.takeText()).contains("simple query has no parameter");
    }

    @Test
    void answerMadeBeforeAReload_isNotShownAfterIt() {
        relay.agentSends(parse("s", "SHOW POLICY"), bind("p", "s"), execute("p"), sync());
        relay.upstreamSends(PARSED, BOUND, row(1), complete("SELECT 1"), ready('I'));
        relay.agent.take();
        relay.upstream.take();
        relay.policy = new Policy("second", Access.DEFAULT);

        relay.agentSends(bind("", "s"), execute(""), sync());
        relay.upstreamSends(BOUND);
        relay.upstreamSends(error("42601"), ready('I'));
        assertThat(relay.agent.takeText())
                .contains("26000")
                .contains("\"rule\":\"question\"")
                .contains("Prepare and bind it again.");

        relay.agentSends(parse("t", "SHOW POLICY"));
        assertThat(relay.upstream.takeText()).contains("E'second'");
    }

    @Test
    void checkOfParameter_preparedBeforeAReload_isJudgedByWhatHoldsNow() {
        relay.agentSends(parse("s", "CHECK $1"), bindOf("s", "SELECT 1"), execute(""), sync());
        relay.upstream.take();
        relay.policy = new Policy("second", Access.DEFAULT);
        relay.denies = sql -> true;
        relay.agentSends(bindOf("s", "SELECT 1"), execute(""), sync());

        assertThat(relay.upstream.take()).isEqualTo(all(bindOf("s", DENIED), execute(""), sync()));
    }

    /** A Bind with one parameter, and formats for it. */
    private static byte[] bindOf(String statement, String value, Short... formats) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        byte[] format =
                formats.length == 0 ? new byte[0] : new byte[] {0, (byte) formats[0].intValue()};
        return message(
                'B',
                "",
                statement,
                (short) formats.length,
                format,
                (short) 1,
                bytes.length,
                bytes,
                (short) 1,
                (short) 1);
    }
}
