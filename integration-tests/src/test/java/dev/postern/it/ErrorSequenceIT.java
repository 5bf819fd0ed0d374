package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A refusal looks like an error of the server: the types of the messages that answer a conversation
 * through Postern equal those of a server that refuses the role (42501) at the same point.
 *
 * <p>The point is the same where the server refuses a text when it is parsed, as Postern does.
 * {@code SELECT … FROM staff.salaries} is such a text: the role lacks USAGE on the schema. In a
 * simple Query every refusal looks alike.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(EveryGateway.class)
record ErrorSequenceIT(Gateway gateway) {

    /** What the server refuses the role, in both protocols when it parses. */
    private static final String FORBIDDEN = "SELECT * FROM staff.salaries";

    /** What Postern refuses. */
    private static final String DENIED = "DELETE FROM customers";

    static Stream<Conversation> conversations() {
        return Stream.of(
                new Conversation("simple", 1, (c, text) -> c.query(text)),
                new Conversation(
                        "simple, then a read", 2, (c, text) -> c.query(text).query("SELECT 1")),
                new Conversation(
                        "simple in a block",
                        5,
                        (c, text) ->
                                c.query("BEGIN")
                                        .query("SELECT 1")
                                        .query(text)
                                        .query("SELECT 2")
                                        .query("ROLLBACK")),
                new Conversation(
                        "simple in a block, COMMIT answers ROLLBACK",
                        3,
                        (c, text) -> c.query("BEGIN").query(text).query("COMMIT")),
                new Conversation(
                        "simple with a savepoint",
                        7,
                        (c, text) ->
                                c.query("BEGIN")
                                        .query("SAVEPOINT a")
                                        .query(text)
                                        .query("SELECT 1")
                                        .query("ROLLBACK TO a")
                                        .query("SELECT 2")
                                        .query("COMMIT")),
                new Conversation(
                        "extended",
                        1,
                        (c, text) ->
                                c.parse("", text)
                                        .bind("", "")
                                        .describe('P', "")
                                        .execute("", 0)
                                        .sync()),
                new Conversation(
                        "extended, Parse alone", 1, (c, text) -> c.parse("s", text).sync()),
                new Conversation(
                        "extended, named and described",
                        1,
                        (c, text) -> c.parse("s", text).describe('S', "s").sync()),
                new Conversation(
                        "extended, statement of a refused Parse does not exist",
                        2,
                        (c, text) -> c.parse("s", text).sync().bind("", "s").execute("", 0).sync()),
                new Conversation(
                        "pipelined behind a read",
                        1,
                        (c, text) ->
                                c.parse("", "SELECT 1")
                                        .bind("", "")
                                        .execute("", 0)
                                        .parse("", text)
                                        .bind("", "")
                                        .execute("", 0)
                                        .parse("", "SELECT 2")
                                        .bind("", "")
                                        .execute("", 0)
                                        .sync()),
                new Conversation(
                        "pipelined, each with a Sync",
                        3,
                        (c, text) ->
                                c.parse("", "SELECT 1")
                                        .bind("", "")
                                        .execute("", 0)
                                        .sync()
                                        .parse("", text)
                                        .bind("", "")
                                        .execute("", 0)
                                        .sync()
                                        .parse("", "SELECT 2")
                                        .bind("", "")
                                        .describe('P', "")
                                        .execute("", 0)
                                        .sync()),
                new Conversation(
                        "extended in a block",
                        4,
                        (c, text) ->
                                c.query("BEGIN")
                                        .parse("", text)
                                        .bind("", "")
                                        .execute("", 0)
                                        .sync()
                                        .parse("", "SELECT 1")
                                        .bind("", "")
                                        .execute("", 0)
                                        .sync()
                                        .query("ROLLBACK")),
                new Conversation(
                        "extended with a savepoint",
                        6,
                        (c, text) ->
                                c.query("BEGIN")
                                        .query("SAVEPOINT a")
                                        .parse("", text)
                                        .bind("", "")
                                        .execute("", 0)
                                        .sync()
                                        .parse("", "ROLLBACK TO a")
                                        .bind("", "")
                                        .execute("", 0)
                                        .sync()
                                        .parse("", "SELECT 1")
                                        .bind("", "")
                                        .execute("", 0)
                                        .sync()
                                        .query("COMMIT")),
                new Conversation(
                        "Flush before the refusal",
                        1,
                        (c, text) ->
                                c.parse("", "SELECT 1")
                                        .bind("", "")
                                        .flushRequest()
                                        .parse("x", text)
                                        .execute("", 0)
                                        .sync()),
                new Conversation(
                        "suspended portal, then the refusal",
                        1,
                        (c, text) ->
                                c.parse("", "SELECT generate_series(1, 5)")
                                        .bind("p", "")
                                        .execute("p", 2)
                                        .execute("p", 2)
                                        .parse("", text)
                                        .execute("p", 2)
                                        .sync()),
                new Conversation(
                        "simple inside a pipeline is skipped",
                        2,
                        (c, text) -> c.parse("", text).query("SELECT 1").sync().query("SELECT 2")));
    }

    @Test
    void forbiddenText_directly_isRefusedForLackOfPrivilege() throws IOException {
        try (RawClient client = RawClient.connect(gateway.upstream().serving())) {
            assertThat(client.query(FORBIDDEN).answers(1).getFirst().field('C')).isEqualTo("42501");
        }
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void refusal_inConversation_isAnsweredAsTheServerAnswers(Conversation conversation)
            throws IOException {
        List<String> direct = conversation.hold(gateway.upstream().serving(), FORBIDDEN);
        List<String> through = conversation.hold(gateway.agent(), DENIED);

        assertThat(through).isEqualTo(direct);
    }

    @ParameterizedTest
    @MethodSource("conversations")
    void errorOfTheServer_inConversation_isRelayedAsItIs(Conversation conversation)
            throws IOException {
        List<String> direct = conversation.hold(gateway.upstream().serving(), FORBIDDEN);
        List<String> through = conversation.hold(gateway.agent(), FORBIDDEN);

        assertThat(through).isEqualTo(direct);
    }

    /**
     * Messages to send, one of them with the text that is refused.
     *
     * @param ready how many ReadyForQuery answer them
     */
    record Conversation(String name, int ready, Script script) {

        List<String> hold(Endpoint endpoint, String text) throws IOException {
            try (RawClient client = RawClient.connect(endpoint)) {
                script.send(client, text);
                return client.answers(ready).stream()
                        .filter(message -> message.type() != 'N' && message.type() != 'S')
                        .map(RawClient.Message::toString)
                        .toList();
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @FunctionalInterface
    interface Script {
        RawClient send(RawClient client, String text) throws IOException;
    }
}
