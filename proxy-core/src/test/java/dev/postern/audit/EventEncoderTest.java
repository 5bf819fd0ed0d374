package dev.postern.audit;

import static dev.postern.audit.Events.ALLOW;
import static dev.postern.audit.Events.DENY;
import static dev.postern.audit.Events.ID;
import static dev.postern.audit.Events.SESSION;
import static dev.postern.audit.Events.TIME;
import static dev.postern.audit.Events.UNKNOWN;
import static dev.postern.audit.Events.decided;
import static dev.postern.audit.Events.encoded;
import static dev.postern.audit.Events.sql;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.protocol.SqlText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventEncoderTest {

    private static final String WHO =
            ",\"session\":\"s-1\",\"agent\":\"report-bot\",\"human\":\"dana@example.com\","
                    + "\"human_source\":\"credential\"";

    private static final String SESSION_FIELDS =
            WHO
                    + ",\"task\":\"weekly report\",\"prompt\":\"prompt-9\",\"client\":\"10.0.0.7:51234\",\"tls\":\"TLSv1.3\","
                    + "\"database\":\"shop\",\"upstream\":\"main\"";

    private static String head(String type) {
        String time = Instant.ofEpochMilli(TIME).toString();
        return "{\"v\":1,\"id\":\"" + ID + "\",\"time\":\"" + time + "\",\"type\":\"" + type + "\"";
    }

    @Test
    void id_and_time_encoded_as_their_usual_text() {
        assertThat(ID.toString())
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(encoded(new AuditEvent.SessionOpened(ID, TIME, SESSION)))
                .startsWith(head("session_opened"));
        for (long millis : List.of(1L, 999L, 1001L, 951_782_399_999L, 4_102_444_800_001L)) {
            assertThat(encoded(new AuditEvent.SessionOpened(ID, millis, SESSION)))
                    .contains("\"time\":\"" + Instant.ofEpochMilli(millis) + "\"");
        }
    }

    @Test
    void session_opened_has_every_field_of_the_session_in_order() {
        assertThat(encoded(new AuditEvent.SessionOpened(ID, TIME, SESSION)))
                .isEqualTo(head("session_opened") + SESSION_FIELDS + ",\"policy\":\"reporting\"}");
    }

    @Test
    void unknown_session_fields_are_absent() {
        assertThat(encoded(new AuditEvent.CancelRequested(ID, TIME, UNKNOWN)))
                .isEqualTo(
                        head("cancel_requested")
                                + ",\"session\":\"s-2\",\"client\":\"10.0.0.8:1\"}");
    }

    @Test
    void failed_authentication_names_the_claimed_agent_and_the_reason() {
        assertThat(
                        encoded(
                                new AuditEvent.AuthenticationFailed(
                                        ID,
                                        TIME,
                                        UNKNOWN,
                                        "ghost\u0007",
                                        "unknown_agent",
                                        "28P01")))
                .isEqualTo(
                        head("authentication_failed")
                                + ",\"session\":\"s-2\",\"agent\":\"ghost\\u0007\",\"client\":\"10.0.0.8:1\","
                                + "\"decision\":\"deny\",\"rule\":\"unknown_agent\",\"sqlstate\":\"28P01\"}");
        assertThat(
                        encoded(
                                new AuditEvent.AuthenticationFailed(
                                        ID, TIME, UNKNOWN, null, "timeout", "08P01")))
                .doesNotContain("agent\":");
    }

    @Test
    void allowed_statement_has_every_field_in_order() {
        assertThat(encoded(decided(sql("SELECT \"a\\b\"\n\tFROM x"), ALLOW)))
                .isEqualTo(
                        head("statement_decided")
                                + SESSION_FIELDS
                                + ",\"protocol\":\"extended\",\"statement\":\"SELECT \\\"a\\\\b\\\"\\n\\tFROM x\","
                                + "\"fingerprint\":\"0123456789abcdef\",\"command\":\"SELECT\","
                                + "\"relations\":[\"public.orders\",\"public.users\"],\"functions\":[\"count\"],"
                                + "\"decision\":\"allow\",\"gate_us\":1,\"policy\":\"reporting\"}");
    }

    @Test
    void denied_statement_has_rule_sqlstate_and_message() {
        assertThat(encoded(decided(sql("DELETE"), DENY)))
                .endsWith(
                        "\"statement\":\"DELETE\",\"command\":\"DELETE\",\"decision\":\"deny\",\"rule\":\"write\","
                                + "\"sqlstate\":\"25006\",\"message\":\"DELETE writes \\\"data\\\"\",\"gate_us\":1,"
                                + "\"policy\":\"reporting\"}");
    }

    @Test
    void message_without_text_has_no_statement() {
        AuditEvent event =
                new AuditEvent.StatementDecided(
                        ID, TIME, SESSION, AuditEvent.Protocol.SIMPLE, null, DENY, 0);
        assertThat(encoded(event))
                .contains("\"protocol\":\"simple\",\"command\"")
                .doesNotContain("\"statement\":");
    }

    @Test
    void completed_statement_answers_who_read_how_much() {
        assertThat(
                        encoded(
                                new AuditEvent.StatementCompleted(
                                        ID,
                                        TIME,
                                        SESSION,
                                        AuditEvent.Protocol.SIMPLE,
                                        "SELECT",
                                        42,
                                        4711,
                                        412_999,
                                        1_002_345_678,
                                        null,
                                        null,
                                        1_250_000)))
                .isEqualTo(
                        head("statement_completed")
                                + WHO
                                + ",\"protocol\":\"simple\",\"command\":\"SELECT\",\"rows\":42,\"bytes\":4711,"
                                + "\"first_row_ms\":0.412,\"total_ms\":1002.345,\"lag_ms\":1.250}");
    }

    @Test
    void failed_completion_has_sqlstate_and_message_and_no_first_row() {
        assertThat(
                        encoded(
                                new AuditEvent.StatementCompleted(
                                        ID,
                                        TIME,
                                        SESSION,
                                        AuditEvent.Protocol.SIMPLE,
                                        "SELECT",
                                        0,
                                        99,
                                        -1,
                                        5_000_000,
                                        "22012",
                                        "division by zero",
                                        -1)))
                .endsWith(
                        "\"command\":\"SELECT\",\"sqlstate\":\"22012\",\"message\":\"division by zero\",\"rows\":0,"
                                + "\"bytes\":99,\"total_ms\":5.000}");
    }

    @Test
    void configuration_change_and_session_end_carry_their_words() {
        assertThat(
                        encoded(
                                new AuditEvent.ConfigurationChanged(
                                        ID, TIME, UNKNOWN, "policies.x is unknown", "F0000")))
                .isEqualTo(
                        head("configuration_changed")
                                + ",\"session\":\"s-2\",\"client\":\"10.0.0.8:1\","
                                + "\"sqlstate\":\"F0000\",\"message\":\"policies.x is unknown\"}");
        assertThat(encoded(new AuditEvent.SessionClosed(ID, TIME, SESSION, "terminated", null)))
                .isEqualTo(
                        head("session_closed")
                                + SESSION_FIELDS
                                + ",\"message\":\"terminated\",\"policy\":\"reporting\"}");
    }

    @Test
    void statement_over_the_limit_is_cut_between_characters_and_says_so() {
        EventEncoder encoder = new EventEncoder(10);
        assertThat(encoded(encoder, decided(sql("SELECT 'éé'"), ALLOW)))
                .contains("\"statement\":\"SELECT 'é\",\"statement_cut\":13,");
        assertThat(encoded(encoder, decided(sql("SELECT 'aé'"), ALLOW)))
                .contains("\"statement\":\"SELECT 'a\",\"statement_cut\":12,");
        assertThat(encoded(encoder, decided(sql("SELECT 'a'"), ALLOW)))
                .contains("\"statement\":\"SELECT 'a'\"")
                .doesNotContain("statement_cut");
    }

    @Test
    void message_over_the_limit_is_cut() {
        String text =
                encoded(new AuditEvent.SessionClosed(ID, TIME, SESSION, "x".repeat(5000), null));
        assertThat(text).contains("\"" + "x".repeat(EventEncoder.MESSAGE_LIMIT) + "\"");
    }

    @Test
    void every_event_is_the_same_from_a_used_encoder_as_from_a_fresh_one() {
        EventEncoder used = new EventEncoder(EventEncoder.DEFAULT_STATEMENT_LIMIT);
        for (int round = 0; round < 3; round++) {
            for (SqlText text : List.of(sql("SELECT 1"), sql("x".repeat(200_000)), sql(""))) {
                assertThat(encoded(used, decided(text, ALLOW)))
                        .isEqualTo(encoded(decided(text, ALLOW)));
                assertThat(encoded(used, decided(text, DENY)))
                        .isEqualTo(encoded(decided(text, DENY)));
            }
        }
    }

    @Test
    void secrets_of_a_statement_are_not_in_the_event() {
        String event = encoded(decided(sql("ALTER ROLE dana PASSWORD 'hunter2'"), DENY));
        assertThat(event)
                .contains("ALTER ROLE dana PASSWORD '<redacted>'")
                .doesNotContain("hunter2");
    }

    @Test
    void largest_statement_of_bytes_that_need_escapes_fits_the_journal() {
        byte[] text =
                "\u0001"
                        .repeat(EventEncoder.DEFAULT_STATEMENT_LIMIT)
                        .getBytes(StandardCharsets.UTF_8);
        int length =
                new EventEncoder(EventEncoder.DEFAULT_STATEMENT_LIMIT)
                        .encode(decided(SqlText.owning(text), ALLOW));
        assertThat(length)
                .isBetween(6 * EventEncoder.DEFAULT_STATEMENT_LIMIT, 2 * 1024 * 1024 - 64);
    }
}
