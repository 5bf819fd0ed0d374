package dev.postern.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.protocol.BackendKey;
import dev.postern.protocol.ErrorResponse;
import dev.postern.protocol.FrontendMessages;
import dev.postern.protocol.ProtocolVersion;
import dev.postern.protocol.SqlState;
import dev.postern.protocol.StartupPacket;
import dev.postern.server.auth.LoginFault;
import dev.postern.server.tls.ListenTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection from its first byte to AuthenticationOk or its end, without TLS. */
class StartupTest {

    private static ByteBuf request(int code) {
        return Unpooled.buffer().writeInt(8).writeInt(code);
    }

    private static ByteBuf query() {
        byte[] text = "DELETE FROM t\0".getBytes(StandardCharsets.UTF_8);
        return Unpooled.buffer().writeByte('Q').writeInt(4 + text.length).writeBytes(text);
    }

    private static TestAgent started(String... parameters) {
        TestAgent agent = new TestAgent();
        agent.sendStartup(ProtocolVersion.V3_0, parameters);
        assertThat(agent.receive().type()).isEqualTo('R');
        return agent;
    }

    private static TestAgent authenticated(String... parameters) {
        TestAgent agent = started(parameters);
        agent.send(agent.prove("pencil"));
        assertThat(agent.receive().body()).startsWith(0, 0, 0, 12);
        assertThat(agent.receive().body()).containsExactly(0, 0, 0, 0);
        return agent;
    }

    private static void assertRefused(TestAgent agent, LoginFault fault) {
        assertThat(agent.refused).extracting(RefusedLogin::fault).containsExactly(fault);
        assertThat(agent.opened).isEmpty();
        assertThat(agent.channel.isOpen()).isFalse();
        assertThat(agent.unauthenticated.count()).isZero();
        assertThat(agent.hasReceivedNothingMore()).isTrue();
    }

    @Test
    void rightPassword_authenticates_sessionIsOpenedOnce() {
        TestAgent agent =
                authenticated(
                        "user",
                        "bot",
                        "database",
                        "shop",
                        "TimeZone",
                        "UTC",
                        "postern.task",
                        "report");

        assertThat(agent.opened)
                .singleElement()
                .satisfies(startup -> {
                    assertThat(startup.agent().name()).isEqualTo("bot");
                    assertThat(startup.database()).isEqualTo("shop");
                    assertThat(startup.settings()).hasToString("{timezone=UTC}");
                    assertThat(startup.protocolVersion()).isEqualTo(ProtocolVersion.V3_0);
                    assertThat(startup.client()).isEqualTo("127.0.0.1:40000");
                    assertThat(startup.tls()).isNull();
                    assertThat(startup.principal().task()).isEqualTo("report");
                    assertThat(startup.principal().human()).isEqualTo("dana@example.com");
                });
        assertThat(agent.channel.config().isAutoRead()).isFalse();
        assertThat(agent.channel.pipeline().get(LoginGuard.class)).isNull();
        assertThat(agent.channel.pipeline().get(SaslHandler.class)).isNull();
        assertThat(agent.channel.pipeline().get(StartupHandler.class)).isNull();
        assertThat(agent.unauthenticated.count()).isZero();
        assertThat(agent.refused).isEmpty();
    }

    @Test
    void queryBehindThePassword_authenticated_reachesTheSessionUnharmed() {
        TestAgent agent = started("user", "bot");
        agent.send(Unpooled.wrappedBuffer(agent.prove("pencil"), query()));
        assertThat(agent.afterwards).containsExactly(query().toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void queryBehindAWrongPassword_refused_isThrownAway() {
        TestAgent agent = started("user", "bot");
        agent.send(Unpooled.wrappedBuffer(agent.prove("wrong"), query()));
        assertThat(agent.receiveError().sqlState()).isEqualTo("28P01");
        assertThat(agent.afterwards).isEmpty();
        assertRefused(agent, LoginFault.WRONG_PASSWORD);
    }

    @Test
    void everyByteAlone_authenticates_sessionIsOpened() {
        TestAgent agent = new TestAgent();
        ByteBuf startup = Unpooled.buffer();
        FrontendMessages.startupMessage(startup, ProtocolVersion.V3_2, Map.of("user", "bot"));
        sendBytewise(agent, startup);
        agent.receive();
        sendBytewise(agent, agent.prove("pencil"));
        assertThat(agent.opened).hasSize(1);
    }

    private static void sendBytewise(TestAgent agent, ByteBuf bytes) {
        while (bytes.isReadable()) {
            agent.send(Unpooled.buffer().writeByte(bytes.readByte()));
        }
    }

    @Test
    void unknownAgent_logsIn_getsWhatAWrongPasswordGets() {
        TestAgent unknown = started("user", "nobody");
        unknown.send(unknown.prove("pencil"));
        TestAgent known = started("user", "bot");
        known.send(known.prove("wrong"));

        ErrorResponse error = unknown.receiveError();
        assertThat(error.message()).isEqualTo("password authentication failed for user \"nobody\"");
        assertThat(known.receiveError())
                .isEqualTo(
                        ErrorResponse.fatal(
                                SqlState.INVALID_PASSWORD,
                                error.message().replace("nobody", "bot")));
        assertRefused(unknown, LoginFault.UNKNOWN_AGENT);
        assertRefused(known, LoginFault.WRONG_PASSWORD);
        assertThat(unknown.refused.getFirst().claimedAgent()).isEqualTo("nobody");
    }

    @Test
    void queryInsteadOfPassword_sent_isRefusedByItsFirstByte() {
        TestAgent agent = started("user", "bot");
        agent.send(Unpooled.buffer().writeByte('Q'));
        assertThat(agent.receiveError().sqlState()).isEqualTo("08P01");
        assertRefused(agent, LoginFault.UNEXPECTED_MESSAGE);
    }

    @Test
    void terminateInsteadOfPassword_sent_closesWithoutAWord() {
        TestAgent agent = started("user", "bot");
        agent.send(Unpooled.buffer().writeByte('X').writeInt(4));
        assertThat(agent.channel.isOpen()).isFalse();
        assertThat(agent.refused).isEmpty();
        assertThat(agent.hasReceivedNothingMore()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Integer.MIN_VALUE,
                0,
                3,
                4 + SaslHandler.MAX_SASL_MESSAGE_LENGTH + 1,
                Integer.MAX_VALUE
            })
    void saslMessageLength_impossible_isRefusedBeforeTheBody(int length) {
        TestAgent agent = started("user", "bot");
        agent.send(Unpooled.buffer().writeByte('p').writeInt(length));
        assertThat(agent.receiveError().sqlState()).isEqualTo("08P01");
        assertRefused(agent, LoginFault.PROTOCOL);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SCRAM-SHA-256-PLUS\0\0\0\0\1x",
                "SCRAM-SHA-256\0\0\0\0\2x",
                "SCRAM-SHA-256\0",
                "SCRAM-SHA-256",
                "PLAIN\0\0\0\0\0",
                "SCRAM-SHA-256\0\0\0\0\0"
            })
    void saslInitialResponse_broken_isRefused(String body) {
        TestAgent agent = started("user", "bot");
        agent.send(
                Unpooled.buffer()
                        .writeByte('p')
                        .writeInt(4 + body.length())
                        .writeBytes(body.getBytes(StandardCharsets.US_ASCII)));
        assertThat(agent.receiveError().sqlState()).isEqualTo("08P01");
        assertRefused(agent, LoginFault.PROTOCOL);
    }

    @Test
    void parameterThatMayNotBeSet_authenticated_isRefusedByName() {
        TestAgent agent = authenticated("user", "bot", "Work_Mem", "1GB");
        ErrorResponse error = agent.receiveError();
        assertThat(error.sqlState()).isEqualTo("42501");
        assertThat(error.message()).contains("\"work_mem\"");
        assertThat(error.detail()).isEqualTo("{\"rule\":\"setting\",\"object\":\"work_mem\"}");
        assertThat(error.hint()).isEqualTo("SET what is listed.");
        assertRefused(agent, LoginFault.PARAMETER);
    }

    @Test
    void parameterThatMayNotBeSet_notAuthenticated_isNotToldApart() {
        TestAgent agent = started("user", "bot", "work_mem", "1GB");
        agent.send(agent.prove("wrong"));
        assertThat(agent.receiveError().sqlState()).isEqualTo("28P01");
    }

    @Test
    void newerMinorVersion_started_isNegotiatedBeforeAuthentication() {
        TestAgent agent = new TestAgent();
        agent.sendStartup(new ProtocolVersion(3, 9999), "user", "bot", "_pq_.x", "1");
        TestAgent.Message negotiation = agent.receive();
        assertThat(negotiation.type()).isEqualTo('v');
        assertThat(negotiation.body())
                .containsExactly(0, 3, 0, 2, 0, 0, 0, 1, '_', 'p', 'q', '_', '.', 'x', 0);
        assertThat(agent.receive().type()).isEqualTo('R');
        agent.send(agent.prove("pencil"));
        assertThat(agent.opened.getFirst().protocolVersion()).isEqualTo(ProtocolVersion.V3_2);
    }

    @Test
    void unreadablePacket_sent_isRefusedInWords() {
        TestAgent agent = new TestAgent();
        agent.sendStartup(ProtocolVersion.V3_0, "user", "bot", "replication", "database");
        ErrorResponse error = agent.receiveError();
        assertThat(error.sqlState()).isEqualTo("0A000");
        assertThat(error.message()).contains("replication");
        assertRefused(agent, LoginFault.PROTOCOL);
    }

    @Test
    void httpRequest_sent_isRefused() {
        TestAgent agent = new TestAgent();
        agent.send(Unpooled.copiedBuffer("GET / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII));
        assertThat(agent.receiveError().sqlState()).isEqualTo("08P01");
        assertRefused(agent, LoginFault.PROTOCOL);
    }

    @Test
    void encryptionRequests_withoutTls_areAnsweredNo() {
        TestAgent agent = new TestAgent();
        agent.send(request(StartupPacket.GSSENC_REQUEST_CODE));
        assertThat(agent.receiveLetter()).isEqualTo('N');
        agent.send(request(StartupPacket.SSL_REQUEST_CODE));
        assertThat(agent.receiveLetter()).isEqualTo('N');
        agent.sendStartup(ProtocolVersion.V3_0, "user", "bot");
        assertThat(agent.receive().type()).isEqualTo('R');
    }

    @ParameterizedTest
    @ValueSource(ints = {StartupPacket.GSSENC_REQUEST_CODE, StartupPacket.SSL_REQUEST_CODE})
    void encryptionRequest_twice_isRefused(int code) {
        TestAgent agent = new TestAgent();
        agent.send(request(code));
        assertThat(agent.receiveLetter()).isEqualTo('N');
        agent.send(request(code));
        assertThat(agent.receiveError().sqlState()).isEqualTo("08P01");
        assertRefused(agent, LoginFault.PROTOCOL);
    }

    @ParameterizedTest
    @ValueSource(ints = {StartupPacket.GSSENC_REQUEST_CODE, StartupPacket.SSL_REQUEST_CODE})
    void bytesBehindAnEncryptionRequest_sent_dropTheConnection(int code) {
        TestAgent agent = new TestAgent();
        agent.send(request(code).writeByte(0));
        assertRefused(agent, LoginFault.DATA_BEFORE_TLS);
    }

    @Test
    void cancelRequest_sent_isRoutedAndClosedWithoutAnswer() {
        TestAgent agent = new TestAgent();
        BackendKey key = new BackendKey(42, new byte[32]);
        ByteBuf request = Unpooled.buffer();
        FrontendMessages.cancelRequest(request, key);
        agent.send(request);
        assertThat(agent.cancelled).containsExactly(key);
        assertThat(agent.channel.isOpen()).isFalse();
        assertThat(agent.hasReceivedNothingMore()).isTrue();
        assertThat(agent.refused).isEmpty();
        assertThat(agent.unauthenticated.count()).isZero();
    }

    @Test
    void silence_afterFifteenSeconds_closes() {
        TestAgent agent = new TestAgent();
        agent.channel.advanceTimeBy(14_999, TimeUnit.MILLISECONDS);
        agent.channel.runScheduledPendingTasks();
        assertThat(agent.channel.isOpen()).isTrue();
        agent.channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        agent.channel.runScheduledPendingTasks();
        assertRefused(agent, LoginFault.TIMEOUT);
    }

    @Test
    void silenceAfterStartup_afterFifteenSeconds_isToldWhy() {
        TestAgent agent = started("user", "bot");
        agent.channel.advanceTimeBy(15, TimeUnit.SECONDS);
        agent.channel.runScheduledPendingTasks();
        assertThat(agent.receiveError().message())
                .isEqualTo("canceling authentication due to timeout");
        assertRefused(agent, LoginFault.TIMEOUT);
    }

    @Test
    void authenticatedAgent_afterFifteenSeconds_isStillThere() {
        TestAgent agent = authenticated("user", "bot");
        agent.channel.advanceTimeBy(60, TimeUnit.SECONDS);
        agent.channel.runScheduledPendingTasks();
        assertThat(agent.channel.isOpen()).isTrue();
    }

    @Test
    void oneTooMany_connects_isRefusedUntilAnotherLeaves() {
        UnauthenticatedConnections places = new UnauthenticatedConnections(1);
        TestAgent first = new TestAgent(ListenTls.disabled(), places);
        TestAgent second = new TestAgent(ListenTls.disabled(), places);
        assertThat(second.receiveError().sqlState()).isEqualTo("53300");
        assertThat(second.refused)
                .extracting(RefusedLogin::fault)
                .containsExactly(LoginFault.TOO_MANY_CONNECTIONS);
        assertThat(second.channel.isOpen()).isFalse();

        first.channel.close();
        assertThat(places.count()).isZero();
        assertThat(new TestAgent(ListenTls.disabled(), places).channel.isOpen()).isTrue();
    }

    @Test
    void connectionThatSaysNothing_closed_isNoRefusedLogin() {
        TestAgent agent = new TestAgent();
        agent.channel.close();
        assertThat(agent.refused).isEmpty();
        assertThat(agent.unauthenticated.count()).isZero();
    }

    @Test
    void optionsAndParameters_authenticated_areOneListInWhichParametersWin() {
        TestAgent agent =
                authenticated(
                        "user", "bot", "options", "-c a=1 --b=1", "A", "2", "postern.human", "kim");
        assertThat(agent.opened.getFirst().settings()).hasToString("{b=1, a=2}");
        assertThat(agent.opened.getFirst().principal().human()).isEqualTo("kim");
    }

    static List<String[]> refusedParameters() {
        return List.of(
                new String[] {"options", "-f"},
                new String[] {"options", "-c user=postgres"},
                new String[] {"User", "postgres"},
                new String[] {"DATABASE", "other"},
                new String[] {"Replication", "true"},
                new String[] {"Options", "-c x=1"},
                new String[] {"postern.huma", "kim"},
                new String[] {"postern.task", "x".repeat(1025)});
    }

    @ParameterizedTest
    @MethodSource("refusedParameters")
    void parameterThatIsNone_authenticated_isRefused(String name, String value) {
        TestAgent agent = authenticated("user", "bot", name, value);
        assertThat(agent.receiveError().sqlState()).isEqualTo("42501");
        assertRefused(agent, LoginFault.PARAMETER);
    }
}
