package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.it.HostileTexts.Text;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Texts made to cost much get an answer or a clear refusal, in bounded time and memory, by either
 * protocol; the session goes on, and one beside it on the same event loop does not notice.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(NewestGateway.class)
record HostileSqlIT(Gateway gateway) {

    private static final Logger LOG = LoggerFactory.getLogger(HostileSqlIT.class);

    /** One text, from sending it to ReadyForQuery. */
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(15);

    /** Much more than a busy machine makes of it, and less than a stalled event loop. */
    private static final long LONGEST_STALL_MILLIS = 2_000;

    /** The heap is 768 MiB; what the JVM needs beside it is about 200. */
    private static final long MOST_MEBIBYTES = 1_200;

    private static final String ONE_LOOP = "server: {event_loops: 1}\n";

    /** What a refusal of a costly text may be, from Postern or PostgreSQL. */
    private static final Set<String> CLEAR =
            Set.of(
                    // Limits of Postern's, and PostgreSQL's own for its stack.
                    "54000",
                    "54001",
                    // Too many columns.
                    "54011",
                    "42601",
                    "42501",
                    // What PostgreSQL says of names that are not there.
                    "42P01",
                    "42883",
                    "42703",
                    "42846",
                    "42804",
                    // And of values.
                    "22003",
                    "22P02",
                    "42712");

    @Test
    void costlyTexts_underDefaultLimits_areAnsweredOrRefused() throws Exception {
        sendAll(ONE_LOOP);
    }

    @Test
    void costlyTexts_underRaisedLimits_areAnsweredOrRefused() throws Exception {
        sendAll(
                ONE_LOOP
                        + "gate: {max_text: 4MiB, max_nodes: 1000000, max_statements: 10000,"
                        + " max_tree: 128MiB, time_limit: 2s, wall_time_limit: 10s}\n");
    }

    private void sendAll(String sections) throws Exception {
        SoftAssertions softly = new SoftAssertions();
        try (PosternProcess postern =
                        PosternProcess.asDeployedBefore(gateway.upstream(), sections);
                Heartbeat beside = Heartbeat.start(postern.agent());
                RawClient client = RawClient.connect(postern.agent())) {
            for (Text text : HostileTexts.costly()) {
                for (boolean extended : List.of(false, true)) {
                    String code = send(client, text, extended, softly);
                    softly.assertThat(code.isEmpty() || CLEAR.contains(code))
                            .as("%s is answered or clearly refused: %s", text, code)
                            .isTrue();
                }
            }
            for (Text text : HostileTexts.notUtf8()) {
                for (boolean extended : List.of(false, true)) {
                    softly.assertThat(send(client, text, extended, softly))
                            .as(text.name())
                            .isEqualTo("22021");
                }
            }
            long stall = beside.longestMillis();
            LOG.info(
                    "longest wait of {} beside: {} ms; memory at most {} MiB",
                    beside.answers(),
                    stall,
                    postern.peakMebibytes());
            softly.assertThat(stall).as("longest wait beside").isLessThan(LONGEST_STALL_MILLIS);
            softly.assertThat(postern.peakMebibytes()).isLessThan(MOST_MEBIBYTES);
            softly.assertThat(postern.log()).doesNotContain("Error", "Exception");
        }
        softly.assertAll();
    }

    /** Sends a text and asks whether the session goes on; returns the SQLSTATE, or nothing. */
    private static String send(RawClient client, Text text, boolean extended, SoftAssertions softly)
            throws IOException {
        long start = System.nanoTime();
        if (extended) {
            client.message(
                            'P',
                            body -> {
                                body.writeByte(0);
                                body.write(text.bytes());
                                body.writeByte(0);
                                body.writeShort(0);
                            })
                    .bind("", "")
                    .execute("", 0)
                    .sync();
        } else {
            client.message(
                    'Q',
                    body -> {
                        body.write(text.bytes());
                        body.writeByte(0);
                    });
        }
        List<RawClient.Message> answers = client.answers(1);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        RawClient.Message error =
                answers.stream().filter(message -> message.type() == 'E').findFirst().orElse(null);
        String code = error == null ? "" : Objects.requireNonNull(error.field('C'));
        String words = error == null ? "answered" : String.valueOf(error.field('M'));
        LOG.info(
                "{}, {} bytes, {}: {} ms, {} {}",
                text,
                text.bytes().length,
                extended ? "extended" : "simple",
                millis,
                code,
                words.length() > 120 ? words.substring(0, 120) : words);
        softly.assertThat(millis).as("%s: time", text).isLessThan(LONGEST_ANSWER.toMillis());
        softly.assertThat(client.query("SELECT 'goes on'").answers(1))
                .as("after %s", text)
                .map(RawClient.Message::type)
                .contains('D', 'C');
        return code;
    }

    @Test
    void textWithNul_byEitherProtocol_endsTheSessionWithAClearError() throws Exception {
        try (PosternProcess postern =
                        PosternProcess.asDeployedBefore(gateway.upstream(), ONE_LOOP);
                Heartbeat beside = Heartbeat.start(postern.agent())) {
            byte[] text = HostileTexts.withNul().bytes();
            for (char type : new char[] {'Q', 'P'}) {
                try (RawClient client = RawClient.connect(postern.agent())) {
                    client.message(
                                    type,
                                    body -> {
                                        body.write(text);
                                        body.writeByte(0);
                                    })
                            .flush();
                    assertThat(client.toTheEnd())
                            .singleElement()
                            .satisfies(error -> assertThat(error.field('C')).isEqualTo("08P01"));
                }
            }
            assertThat(beside.longestMillis()).isLessThan(LONGEST_STALL_MILLIS);
        }
    }

    @Test
    void longList_underDefaultLimits_isRefusedWithTheLimitAndWhatWouldPass() throws Exception {
        try (PosternProcess postern = PosternProcess.asDeployedBefore(gateway.upstream(), "");
                RawClient client = RawClient.connect(postern.agent())) {
            String sql =
                    new String(
                            HostileTexts.costly().stream()
                                    .filter(text -> text.name().equals("a list of 100,000"))
                                    .findFirst()
                                    .orElseThrow()
                                    .bytes(),
                            java.nio.charset.StandardCharsets.UTF_8);
            for (RawClient asked : List.of(client.query(sql), client.parse("", sql).sync())) {
                RawClient.Message error =
                        asked.answers(1).stream()
                                .filter(message -> message.type() == 'E')
                                .findFirst()
                                .orElseThrow();
                assertThat(error.field('C')).isEqualTo("54000");
                assertThat(error.field('M')).contains("262144");
                assertThat(error.field('H')).contains("one array parameter");
            }
        }
    }
}
