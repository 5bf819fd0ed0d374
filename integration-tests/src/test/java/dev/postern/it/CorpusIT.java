package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postern.it.Corpus.Case;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The corpora, by simple and by extended protocol, through a Postern whose upstream role
 * <em>could</em> write, on a primary: what gets through changes something, and no refusal of the
 * server hides it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CorpusIT {

    private static final Logger LOG = LoggerFactory.getLogger(CorpusIT.class);

    /** Shorter texts may stand in the log for other reasons. */
    private static final int MIN_SEARCHABLE = 12;

    private final Corpus corpus = Corpus.find();
    private PostgresUnderTest postgres;
    private Endpoint owner;
    private Gateway gateway;

    /** How a text is sent. */
    enum Protocol {
        SIMPLE,
        EXTENDED;

        List<RawClient.Message> send(RawClient client, String sql, List<String> params)
                throws IOException {
            return switch (params.isEmpty() ? this : EXTENDED) {
                case SIMPLE -> client.query(sql).answers(1);
                case EXTENDED ->
                        client.parse("", sql)
                                .bind("", "", params)
                                .describe('P', "")
                                .execute("", 0)
                                .sync()
                                .answers(1);
            };
        }
    }

    @BeforeAll
    void start() throws Exception {
        postgres = TestEnvironment.throwAwayPrimary();
        owner = CorpusDatabase.create(postgres, corpus);
        gateway = Gateway.before(postgres, owner, "");
    }

    @AfterAll
    void stop() throws IOException {
        gateway.close();
        postgres.close();
    }

    @ParameterizedTest
    @EnumSource
    void textsToRefuse_areRefusedAndNeverReachTheServer(Protocol protocol) throws Exception {
        List<String> missed = new ArrayList<>();
        List<String> gaps = new ArrayList<>();
        int refused = 0;
        for (Case one : corpus.cases("deny.jsonl", postgres.majorVersion())) {
            Refusals refusals = Refusals.watch(gateway);
            String trouble = refuse(protocol, one);
            if (trouble.isEmpty()
                    && one.sql().length() >= MIN_SEARCHABLE
                    && refusals.reached().contains(one.sql())) {
                trouble = "reached the server";
            }
            if (trouble.isEmpty()) {
                refused++;
            } else {
                (one.knownGap() ? gaps : missed).add(one.id() + " " + trouble + ": " + one.sql());
            }
        }
        LOG.info(
                "deny protocol={} refused={} missed={} known gaps={}",
                protocol,
                refused,
                missed.size(),
                gaps);

        assertThat(missed).isEmpty();
        assertThat(refused).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource
    void textsToAllow_pass(Protocol protocol) throws Exception {
        assumeTrue(corpus.isWhole(), "the database that these texts speak of is not here");
        List<String> broken = new ArrayList<>();
        int passed = 0;
        int impossible = 0;
        for (Case one : corpus.cases("allow.jsonl", postgres.majorVersion())) {
            String error = error(gateway.agent(), protocol, one);
            boolean several = error.contains("multiple commands into a prepared statement");
            if (error.isEmpty() || several) {
                passed++;
            } else if (error.equals(error(owner, protocol, one))) {
                impossible++;
            } else {
                broken.add(one.id() + " " + error + ": " + one.sql());
            }
        }
        LOG.info(
                "allow protocol={} passed={} broken={} errors without Postern too={}",
                protocol,
                passed,
                broken.size(),
                impossible);

        assertThat(broken).isEmpty();
        assertThat(passed).isGreaterThan(100);
    }

    @ParameterizedTest
    @EnumSource
    void textsThatParsersMisread_changeNothing(Protocol protocol) throws Exception {
        assumeTrue(corpus.isWhole(), "the texts that parsers misread are not here");
        Endpoint writer =
                CorpusDatabase.createReaders(
                        postgres, corpus, protocol.name().toLowerCase(Locale.ROOT));
        List<String> effective = new ArrayList<>();
        try (Gateway readers = Gateway.before(postgres, writer, "")) {
            String before = state(writer);
            for (String sql : corpus.readerTexts()) {
                try (RawClient client = RawClient.connect(readers.agent())) {
                    protocol.send(client, sql, List.of());
                } catch (EOFException | SocketException e) {
                    // Closing the connection is a refusal.
                }
                String after = state(writer);
                if (!after.equals(before)) {
                    effective.add(sql);
                    before = after;
                }
            }
        }
        assertThat(effective).isEmpty();
    }

    /** Sends a text; returns what it ends with if that is an error, empty if not. */
    private static String error(Endpoint endpoint, Protocol protocol, Case one) throws IOException {
        try (RawClient client = RawClient.connect(endpoint)) {
            return protocol.send(client, one.sql(), one.params()).stream()
                    .filter(message -> message.type() == 'E')
                    .findFirst()
                    .map(message -> message.field('C') + " " + message.field('M'))
                    .orElse("");
        }
    }

    private static String state(Endpoint writer) throws SQLException {
        return Sql.one(
                writer,
                """
                SELECT (SELECT string_agg(t::text, ',' ORDER BY id) FROM t) || (SELECT count(*) FROM log)
                    || (SELECT string_agg(relname, ',' ORDER BY oid) FROM pg_class WHERE oid >= 16384)
                """);
    }

    /** Sends a text; returns nothing if it was refused, and otherwise what happened. */
    private String refuse(Protocol protocol, Case one) throws IOException {
        try (RawClient client = RawClient.connect(gateway.agent())) {
            List<RawClient.Message> answers = protocol.send(client, one.sql(), one.params());
            for (RawClient.Message message : answers) {
                if (message.type() == 'E') {
                    return Refusals.isRefusal(message.field('D'))
                            ? ""
                            : "error of the server "
                                    + message.field('C')
                                    + " "
                                    + message.field('M');
                }
            }
            return "passed " + answers;
        } catch (EOFException | SocketException e) {
            return "";
        } catch (SocketTimeoutException e) {
            return "no answer";
        }
    }
}
