package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.server.tls.InvalidTlsFileException;
import dev.postern.server.tls.UpstreamTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are none, in memory. */
class HostileUpstreamTest {

    private static final UpstreamHost HOST = new UpstreamHost("db", 5432);

    private final List<UpstreamConnection> ready = new ArrayList<>();
    private final List<UpstreamFailure> failures = new ArrayList<>();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(
                    new UpstreamStartupHandler(target(), HOST, ready::add, failures::add));

    @AfterEach
    void releaseWhatWasSent() {
        channel.finishAndReleaseAll();
    }

    private static UpstreamTarget target() {
        return new UpstreamTarget(
                List.of(HOST),
                "reader",
                "shop",
                _ -> "secret".toCharArray(),
                UpstreamTls.disabled(),
                Duration.ofSeconds(1),
                Map.of(),
                false);
    }

    private static ByteBuf message(char type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return Unpooled.buffer().writeByte(type).writeInt(4 + bytes.length).writeBytes(bytes);
    }

    private static ByteBuf authentication(int code, String rest) {
        return message('R', "\0\0\0" + (char) code + rest);
    }

    private void send(ByteBuf bytes) {
        channel.writeInbound(bytes);
    }

    private void assertViolation() {
        assertThat(ready).isEmpty();
        assertThat(failures).first().isInstanceOf(UpstreamFailure.ProtocolViolation.class);
    }

    @Test
    void asynchronousParameter_withReadyForQuery_isPartOfWhatIsHandedOver() {
        send(authentication(0, ""));
        send(
                Unpooled.wrappedBuffer(
                        message('S', "in_hot_standby\0on\0"),
                        message('K', "\0\0\0\1abcd"),
                        message('Z', "I"),
                        message('S', "TimeZone\0UTC\0")));
        assertThat(failures).isEmpty();
        assertThat(ready)
                .singleElement()
                .satisfies(connection ->
                        assertThat(connection.parameterStatus())
                                .containsEntry("TimeZone", "UTC")
                                .containsEntry("in_hot_standby", "on"));
        assertThat(channel.pipeline().toMap()).isEmpty();
    }

    @Test
    void halfAnAsynchronousMessage_withReadyForQuery_isWaitedFor() {
        send(authentication(0, ""));
        send(message('S', "in_hot_standby\0on\0"));
        ByteBuf late = message('S', "TimeZone\0UTC\0");
        send(Unpooled.wrappedBuffer(message('Z', "I"), late.readBytes(7)));
        assertThat(ready).isEmpty();
        send(late);
        assertThat(ready).hasSize(1);
    }

    @Test
    void readyForQuery_beforeAuthenticationOk_isAViolation() {
        send(message('Z', "I"));
        assertViolation();
    }

    @Test
    void readyForQuery_insideATransaction_isAViolation() {
        send(authentication(0, ""));
        send(message('Z', "T"));
        assertViolation();
    }

    @Test
    void authenticationOk_insideScram_isAViolation() {
        send(authentication(10, "SCRAM-SHA-256\0\0"));
        send(authentication(0, ""));
        assertViolation();
    }

    @Test
    void serverThatDoesNotKnowThePassword_finishesScram_isAViolation() {
        send(authentication(10, "SCRAM-SHA-256\0\0"));
        send(authentication(12, "v=AAAA"));
        assertViolation();
    }

    @ParameterizedTest
    @ValueSource(strings = {"r=x,s=AAAA,i=1000001", "r=x,s=AAAA,i=99999999999", "r=x,s=AAAA", ""})
    void scramChallenge_thatCostsTooMuchOrIsNone_isAViolation(String serverFirst) {
        send(authentication(10, "SCRAM-SHA-256\0\0"));
        send(authentication(11, serverFirst));
        channel.runPendingTasks();
        assertViolation();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 7, 8, 9, 200})
    void authenticationOfAnotherKind_askedFor_isNotSpoken(int code) {
        send(authentication(code, "xxxx"));
        assertThat(failures).first().isInstanceOf(UpstreamFailure.AuthenticationUnsupported.class);
    }

    @Test
    void saslWithoutScramSha256_askedFor_isNotSpoken() {
        send(authentication(10, "SCRAM-SHA-256-PLUS\0\0"));
        assertThat(failures).first().isInstanceOf(UpstreamFailure.AuthenticationUnsupported.class);
    }

    @Test
    void cleartextPassword_askedForWithoutTls_isNotSent() {
        channel.releaseOutbound();
        send(authentication(3, ""));
        assertThat(failures).first().isInstanceOf(UpstreamFailure.AuthenticationUnsupported.class);
        assertThat(channel.<Object>readOutbound()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Integer.MIN_VALUE,
                0,
                3,
                4 + UpstreamStartupHandler.MAX_MESSAGE_LENGTH + 1,
                Integer.MAX_VALUE
            })
    void messageLength_impossible_isAViolationBeforeTheBody(int length) {
        send(Unpooled.buffer().writeByte('S').writeInt(length));
        assertViolation();
    }

    @Test
    void message_ofUnknownType_isAViolation() {
        send(message('D', "\0\0"));
        assertViolation();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "S",
                "Sname",
                "Sname\0",
                "Sname\0value",
                "Sname\0value\0x",
                "K\0\0\0",
                "K\0\0\0\1abc",
                "ESFATAL",
                "R\0\0",
                "R\0\0\0\5abc"
            })
    void message_broken_isAViolation(String message) {
        send(message(message.charAt(0), message.substring(1)));
        assertViolation();
    }

    @Test
    void parametersWithoutEnd_sent_areAViolation() {
        send(authentication(0, ""));
        for (int i = 0; i <= UpstreamStartupHandler.MAX_PARAMETERS; i++) {
            send(message('S', "p" + i + "\0x\0"));
        }
        assertViolation();
    }

    @Test
    void serverThatIsAPrimary_ready_isRefused() {
        send(authentication(0, ""));
        send(Unpooled.wrappedBuffer(message('S', "in_hot_standby\0off\0"), message('Z', "I")));
        assertThat(failures).first().isEqualTo(new UpstreamFailure.NotStandby(HOST));
        assertThat(ready).isEmpty();
    }

    @Test
    void serverThatDoesNotSayWhatItIs_ready_isRefused() {
        send(authentication(0, ""));
        send(message('Z', "I"));
        assertThat(failures).first().isEqualTo(new UpstreamFailure.NotStandby(HOST));
    }

    @Test
    void connection_closedWhileStarting_isUnreachable() {
        channel.close();
        assertThat(failures).first().isInstanceOf(UpstreamFailure.Unreachable.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sx", "S\u0016\u0003\u0001"})
    void bytesBehindTheTlsAnswer_sent_areNeverReadAsTls(String answer)
            throws InvalidTlsFileException {
        assertThat(tlsAnswer(answer)).isInstanceOf(UpstreamFailure.ProtocolViolation.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"N", "E", "EFATAL", "x"})
    void tls_refused_endsTheConnection(String answer) throws InvalidTlsFileException {
        assertThat(tlsAnswer(answer)).isInstanceOf(UpstreamFailure.TlsRefused.class);
    }

    private UpstreamFailure tlsAnswer(String answer) throws InvalidTlsFileException {
        UpstreamTls tls = UpstreamTls.load(UpstreamTls.Mode.REQUIRE, null);
        EmbeddedChannel asking =
                new EmbeddedChannel(new SslRequestHandler(tls, HOST, failures::add));
        asking.releaseOutbound();
        asking.writeInbound(Unpooled.copiedBuffer(answer, StandardCharsets.ISO_8859_1));
        assertThat(asking.<Object>readOutbound()).isNull();
        asking.finishAndReleaseAll();
        return failures.getFirst();
    }

    @ParameterizedTest
    @ValueSource(strings = {"user", "Database", "OPTIONS", "replication"})
    void setting_thatIsNone_makesNoTarget(String name) {
        assertThatThrownBy(() ->
                        new UpstreamTarget(
                                List.of(HOST),
                                "reader",
                                "shop",
                                _ -> "secret".toCharArray(),
                                UpstreamTls.disabled(),
                                Duration.ofSeconds(1),
                                Map.of(name, "x"),
                                false))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
