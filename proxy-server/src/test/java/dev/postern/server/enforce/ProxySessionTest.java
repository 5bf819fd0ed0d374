package dev.postern.server.enforce;

import static dev.postern.server.enforce.Wire.all;
import static dev.postern.server.enforce.Wire.bind;
import static dev.postern.server.enforce.Wire.complete;
import static dev.postern.server.enforce.Wire.error;
import static dev.postern.server.enforce.Wire.execute;
import static dev.postern.server.enforce.Wire.message;
import static dev.postern.server.enforce.Wire.parse;
import static dev.postern.server.enforce.Wire.query;
import static dev.postern.server.enforce.Wire.ready;
import static dev.postern.server.enforce.Wire.row;
import static dev.postern.server.enforce.Wire.sync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.audit.AuditEvent;
import dev.postern.policy.Access;
import dev.postern.policy.Policy;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ProxySessionTest {

    private static final byte[] PARSED = message('1');
    private static final byte[] BOUND = message('2');

    private final Relay relay = new Relay();

    @Test
    void query_allowed_isRecordedThenForwardedAsItCame() {
        relay.agentSends(query("SELECT 1"));

        assertThat(relay.journal).containsExactly("StatementDecided", "upstream Q");
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 1"));
    }

    @Test
    void query_recordRefused_isNotForwarded() {
        relay.auditAccepts = false;
        relay.agentSends(query("SELECT 1"));

        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.agent.takeText()).contains("audit_unavailable").contains("58030");
    }

    @Test
    void query_notJudgedYet_waitsForItsVerdict() {
        relay.known = false;
        relay.late = true;
        relay.agentSends(query("SELECT 1"), query("SELECT 2"));
        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.agent.reading).isFalse();

        relay.verdicts.remove().run();
        relay.runEventLoop();
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 1"));

        relay.verdicts.remove().run();
        relay.runEventLoop();
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 2"));
    }

    @Test
    void query_judgedBeforeJudgeReturns_isForwardedOnce() {
        relay.known = false;
        relay.agentSends(query("SELECT 1"));
        relay.runEventLoop();

        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 1"));
        assertThat(relay.decisions()).containsExactly("SELECT 1");
    }

    @Test
    void query_verdictAfterClose_isIgnored() {
        relay.known = false;
        relay.late = true;
        relay.agentSends(query("SELECT 1"));
        relay.session.onAgentClosed(null);
        relay.upstream.take();
        relay.verdicts.remove().run();
        relay.runEventLoop();

        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.decisions()).isEmpty();
        assertThat(relay.closed).isOne();
    }

    @Test
    void query_deniedOutsideTransaction_isAnsweredFromHere() {
        relay.agentSends(query("DENY"));

        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.agent.takeTypes()).isEqualTo("EZ");
        assertThat(relay.decisions()).containsExactly("!DENY");
    }

    @Test
    void query_deniedInsideTransaction_failsTheUpstreamsTransaction() {
        relay.agentSends(query("BEGIN"));
        relay.upstreamSends(complete("BEGIN"), ready('T'));
        relay.agent.take();
        relay.upstream.take();

        relay.agentSends(query("DENY"));
        assertThat(relay.upstream.takeText()).contains("POSTERN REFUSED").doesNotContain("DENY");
        relay.upstreamSends(error("42601"), ready('E'));

        assertThat(relay.agent.takeText()).contains("25006").doesNotContain("42601").endsWith("E");
    }

    @Test
    void query_deniedBehindOwedAnswers_isAnsweredBehindThem() {
        relay.agentSends(query("SELECT 1"), query("DENY"), query("SELECT 2"));
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 1"));
        assertThat(relay.agent.takeTypes()).isEmpty();

        relay.upstreamSends(complete("SELECT 0"), ready('I'));

        assertThat(relay.agent.takeTypes()).isEqualTo("CZEZ");
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 2"));
        assertThat(relay.decisions()).containsExactly("SELECT 1", "!DENY", "SELECT 2");
    }

    @Test
    void parse_deniedInOnePacketBehindUnsynchronizedMessages_asksForTheirAnswersBehindThem() {
        relay.agentSends(
                parse("", "SELECT 1"), bind("", ""), execute(""), parse("", "DENY"), sync());
        assertThat(relay.upstream.takeTypes()).isEqualTo("PBEH");

        relay.upstreamSends(PARSED, BOUND, complete("SELECT 0"));
        assertThat(relay.upstream.takeTypes()).isEqualTo("PS");
        relay.upstreamSends(error("42601"), ready('I'));

        assertThat(relay.agent.takeTypes()).isEqualTo("12CEZ");
    }

    @Test
    void parse_deniedAtTheHeadOfItsPipeline_skipsToSyncAndAnswersIt() {
        relay.agentSends(parse("", "DENY"), bind("", ""), execute(""), sync(), query("SELECT 1"));

        assertThat(relay.agent.takeTypes()).isEqualTo("EZ");
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 1"));
    }

    @Test
    void pipeline_atItsLimitWithoutSync_asksForAnswersAndGoesOn() {
        byte[][] nine = new byte[9][];
        for (int i = 0; i < 9; i++) {
            nine[i] = parse("", "SELECT " + i);
        }
        relay.agentSends(nine);
        assertThat(relay.upstream.takeTypes()).isEqualTo("PPPPPPPPH");
        assertThat(relay.agent.reading).isFalse();

        relay.upstreamSends(PARSED, PARSED);
        assertThat(relay.upstream.takeTypes()).isEqualTo("P");
        assertThat(relay.agent.reading).isTrue();
    }

    @Test
    void execute_repeated_isRecordedEachTime() {
        relay.agentSends(
                parse("s", "SELECT 1"),
                bind("", "s"),
                execute(""),
                bind("", "s"),
                execute(""),
                sync());
        relay.upstreamSends(
                PARSED, BOUND, complete("SELECT 0"), BOUND, complete("SELECT 0"), ready('I'));

        assertThat(relay.decisions()).containsExactly("SELECT 1", "SELECT 1");
        assertThat(relay.completions()).hasSize(2);
        assertThat(relay.completions().stream().map(AuditEvent.StatementCompleted::id).distinct())
                .hasSize(2);
    }

    @Test
    void execute_afterPolicyChange_isJudgedAgain() {
        relay.agentSends(parse("s", "SELECT 1"), sync());
        relay.upstreamSends(PARSED, ready('I'));
        relay.policy = new Policy("second", Access.DEFAULT);
        relay.denies = sql -> true;
        relay.upstream.take();
        relay.agent.take();

        relay.agentSends(bind("", "s"), execute(""), sync());
        relay.upstreamSends(BOUND);
        relay.upstreamSends(error("42601"));
        relay.upstreamSends(ready('I'));

        assertThat(relay.upstream.takeTypes()).isEqualTo("BHPS");
        assertThat(relay.agent.takeTypes()).isEqualTo("2EZ");
        assertThat(relay.decisions()).containsExactly("SELECT 1", "!SELECT 1");
    }

    @Test
    void execute_parsedAgainBehindAFailedPipeline_isRecordedWithTheTextThatRuns() {
        relay.agentSends(parse("", "SELECT 1"), sync());
        relay.upstreamSends(PARSED, ready('I'));
        relay.agentSends(parse("", "SELECT broken"), sync(), parse("", "SELECT 2"), sync());
        relay.upstreamSends(error("42703"), ready('I'), PARSED, ready('I'));
        relay.agentSends(bind("", ""), execute(""), bind("", ""), execute(""), sync());

        assertThat(relay.decisions())
                .containsExactly("SELECT 1", "SELECT broken", "SELECT 2", "SELECT 2");
    }

    @Test
    void execute_boundBeforeAnEarlierPipelineEnded_findsItsPortal() {
        relay.agentSends(parse("", "SELECT 1"), sync(), bind("p", ""));
        relay.upstreamSends(PARSED, ready('I'));
        relay.agentSends(execute("p"), sync());

        assertThat(relay.upstream.takeTypes()).isEqualTo("PSBES");
        assertThat(relay.decisions()).containsExactly("SELECT 1");
    }

    @Test
    void query_skippedAfterAnErrorBeforeIt_leavesTheSyncToTheUpstream() {
        relay.agentSends(parse("", "SELECT broken"), query("SELECT 1"));
        relay.upstreamSends(error("42703"));
        relay.agentSends(sync(), query("SELECT 2"));

        assertThat(relay.upstream.takeTypes()).isEqualTo("PQSQ");
        relay.upstreamSends(ready('I'), complete("SELECT 0"), ready('I'));
        assertThat(relay.agent.takeTypes()).isEqualTo("EZCZ");
        assertThat(relay.agent.closed).isFalse();
    }

    @Test
    void bind_ofAStatementThatWasNeverPrepared_isRefused() {
        relay.agentSends(bind("", "unheard_of"), execute(""), sync());

        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.agent.takeText()).contains("26000").contains("prepared_statement_unknown");
    }

    @Test
    void functionCall_isRefusedAndRecorded() {
        relay.agentSends(message('F', 1, (short) 0, (short) 0, (short) 0));

        assertThat(relay.agent.takeTypes()).isEqualTo("EZ");
        assertThat(relay.upstream.takeTypes()).isEmpty();
        assertThat(relay.decisions()).containsExactly("!");
    }

    @Test
    void copyData_outsideCopy_isIgnored() {
        relay.agentSends(message('d', new byte[10]), message('c'), query("SELECT 1"));

        assertThat(relay.upstream.takeTypes()).isEqualTo("Q");
        assertThat(relay.agent.takeTypes()).isEmpty();
    }

    @Test
    void query_tooLong_isSkippedAndTheSessionLivesOn() {
        relay.agentSends(query("x".repeat(2000)), query("SELECT 1"));

        assertThat(relay.agent.takeText()).contains("54000").contains("text_too_long");
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 1"));
    }

    @Test
    void terminate_behindAQuery_doesNotOvertakeIt() {
        relay.agentSends(query("SELECT 1"), Wire.terminate());

        assertThat(relay.upstream.takeTypes()).isEqualTo("QX");
        assertThat(relay.upstream.closed).isTrue();
        assertThat(relay.completions()).hasSize(1);
        assertThat(relay.closed).isOne();
    }

    @Test
    void malformed_endsTheSession() {
        relay.agentSends(new byte[] {'?'});

        assertThat(relay.agent.takeText()).contains("FATAL").contains("08P01");
        assertThat(relay.closed).isOne();
    }

    @Test
    void rows_overTheirLimit_giveWayToAnErrorAndACancel() {
        relay.agentSends(query("SELECT 1"), query("SELECT 2"));
        relay.upstream.take();
        relay.upstreamSends(message('T', (short) 0), row(1), row(1), row(1), row(1));

        assertThat(relay.agent.takeTypes()).isEqualTo("TDDDE");
        assertThat(relay.cancels).hasSize(1);

        relay.upstreamSends(row(1), error("57014"), ready('I'));
        assertThat(relay.agent.takeTypes()).isEqualTo("Z");
        assertThat(relay.completions().getFirst().sqlState()).isEqualTo("57014");
        assertThat(relay.completions().getFirst().rows()).isEqualTo(3);
    }

    @Test
    void bytes_overTheirLimit_giveWayToAnError() {
        relay.agentSends(query("SELECT 1"));
        relay.upstreamSends(row(500), row(600), error("57014"), ready('I'));

        assertThat(relay.agent.takeTypes()).isEqualTo("DEZ");
    }

    @Test
    void cancel_underWay_holdsTheNextStatementBackThoughTheUpstreamIsWritable() {
        relay.agentSends(query("SELECT 1"));
        relay.upstream.take();
        relay.upstreamSends(row(1), row(1), row(1), row(1), complete("SELECT 4"), ready('I'));
        relay.session.onUpstreamWritability();
        relay.agentSends(query("SELECT 2"));
        assertThat(relay.upstream.takeTypes()).isEmpty();

        relay.cancels.getFirst().run();
        assertThat(relay.upstream.takeTypes()).isEqualTo("Q");
    }

    @Test
    void execute_overdueBehindAnswersKeptBack_isCancelled() {
        relay.agentSends(parse("", "SELECT slow()"), bind("", ""), execute(""), sync());
        relay.nanos += Duration.ofSeconds(11).toNanos();
        relay.session.onTick(relay.nanos);
        assertThat(relay.cancels).hasSize(1);

        relay.upstreamSends(PARSED, BOUND, error("57014"), ready('I'));
        assertThat(relay.agent.takeText()).contains("ran longer than");
        assertThat(relay.completions()).hasSize(1);
    }

    @Test
    void query_waitingBehindOthers_isNotOverdue() {
        relay.agentSends(query("SELECT 1"), query("SELECT 2"));
        relay.nanos += Duration.ofSeconds(9).toNanos();
        relay.upstreamSends(complete("SELECT 0"), ready('I'));
        relay.nanos += Duration.ofSeconds(9).toNanos();
        relay.session.onTick(relay.nanos);
        assertThat(relay.cancels).isEmpty();

        relay.nanos += Duration.ofSeconds(2).toNanos();
        relay.session.onTick(relay.nanos);
        assertThat(relay.cancels).hasSize(1);
    }

    @Test
    void agentGone_whileAnExecuteRuns_cancelsIt() {
        relay.agentSends(parse("", "SELECT slow()"), bind("", ""), execute(""), sync());
        relay.session.onAgentClosed(null);

        assertThat(relay.cancels).hasSize(1);
        assertThat(relay.completions()).hasSize(1);
        assertThat(relay.closed).isOne();
    }

    @Test
    void upstreamGone_inMidAnswer_endsTheSessionWithAnError() {
        relay.agentSends(query("SELECT 1"));
        relay.upstreamSends(row(1));
        relay.session.onUpstreamClosed(null);

        assertThat(relay.agent.takeTypes()).isEqualTo("DE");
        assertThat(relay.completions().getFirst().sqlState()).isEqualTo("08006");
        assertThat(relay.closed).isOne();
    }

    @Test
    void hostLost_inMidAnswer_endsTheSessionWithAConnectionFailure() {
        relay.agentSends(query("SELECT 1"));
        relay.upstreamSends(row(1));
        relay.session.onHostLost("it cannot be reached");

        assertThat(relay.agent.takeText()).contains("08006").contains("it cannot be reached");
        assertThat(relay.completions().getFirst().sqlState()).isEqualTo("08006");
        assertThat(relay.closed).isOne();
    }

    @Test
    void hostLost_whenIdle_endsTheSessionOnce() {
        relay.session.onHostLost("it is a primary and allow_primary is not set");
        relay.session.onHostLost("it is a primary and allow_primary is not set");

        assertThat(relay.agent.takeText()).contains("57P01").contains("it is a primary");
        assertThat(relay.closed).isOne();
    }

    @Test
    void hostTooFarBehind_query_isRefusedUntilItHasCaughtUp() {
        relay.lag = new HostLag.Reading.Behind(Duration.ofSeconds(42));
        relay.agentSends(query("SELECT 1"));

        assertThat(relay.agent.takeText()).contains("57P03").contains("stale_host");
        assertThat(relay.upstream.takeTypes()).isEmpty();

        relay.lag = new HostLag.Reading.Behind(Duration.ofSeconds(9));
        relay.agentSends(query("SELECT 1"));
        relay.upstreamSends(row(1), complete("SELECT 1"), ready('I'));

        assertThat(relay.agent.takeTypes()).isEqualTo("DCZ");
        assertThat(relay.completions().getLast().lagNanos()).isEqualTo(9_000_000_000L);
    }

    @Test
    void hostFallsBehindAfterParse_execute_isRefused() {
        relay.agentSends(parse("", "SELECT 1"), bind("", ""));
        relay.lag = new HostLag.Reading.Behind(Duration.ofSeconds(42));
        relay.agentSends(execute(""), sync());
        relay.upstreamSends(PARSED, BOUND);
        relay.upstreamSends(error("42601"), ready('I'));

        assertThat(relay.agent.takeText()).contains("57P03").contains("stale_host");
    }

    @Test
    void upstream_sendsWhatItDoesNotOwe_endsTheSessionBehindWhatCameBefore() {
        relay.agentSends(query("SELECT 1"));
        relay.upstreamSends(row(1), complete("SELECT 1"), ready('I'), row(1));

        assertThat(relay.agent.takeTypes()).startsWith("DCZ").endsWith("E");
        assertThat(relay.closed).isOne();
    }

    @Test
    void upstream_noLongerReadOnly_endsTheSession() {
        relay.upstreamSends(message('S', "default_transaction_read_only", "off"));

        assertThat(relay.agent.takeText()).contains("57P03");
        assertThat(relay.closed).isOne();
    }

    @Test
    void idle_tooLong_endsTheSession() {
        relay.session.onTick(relay.nanos);
        relay.nanos += Duration.ofSeconds(59).toNanos();
        relay.session.onTick(relay.nanos);
        assertThat(relay.closed).isZero();

        relay.nanos += Duration.ofSeconds(2).toNanos();
        relay.session.onTick(relay.nanos);
        assertThat(relay.agent.takeText()).contains("57P05");
        assertThat(relay.closed).isOne();
    }

    @Test
    void drain_letsTheRunningStatementEnd() {
        relay.agentSends(query("SELECT 1"));
        relay.session.onDrain();
        assertThat(relay.closed).isZero();

        relay.upstreamSends(complete("SELECT 0"), ready('I'));
        assertThat(relay.agent.takeTypes()).isEqualTo("CZE");
        assertThat(relay.closed).isOne();
    }

    @Test
    void upstream_notWritable_holdsTheAgentBack() {
        relay.upstream.writable = false;
        relay.agentSends(query("SELECT 1"));
        relay.agentSends(query("SELECT 2"));
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 1"));
        assertThat(relay.agent.reading).isFalse();

        relay.upstream.writable = true;
        relay.session.onUpstreamWritability();
        assertThat(relay.upstream.take()).isEqualTo(query("SELECT 2"));
    }

    @Test
    void messages_cutAtAnyPlace_areForwardedTheSame() {
        byte[] sent = all(parse("", "SELECT 1"), bind("", ""), execute(""), sync());
        for (int cut = 0; cut <= sent.length; cut++) {
            Relay each = new Relay();
            each.agentSends(Arrays.copyOf(sent, cut));
            each.agentSends(Arrays.copyOfRange(sent, cut, sent.length));
            assertThat(each.upstream.take()).isEqualTo(sent);
        }
    }
}
