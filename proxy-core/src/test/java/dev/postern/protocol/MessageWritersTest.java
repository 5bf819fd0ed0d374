package dev.postern.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageWritersTest {

    private static String hex(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer().writeByte(0xAA);
        writer.accept(out);
        return ByteBufUtil.hexDump(out.skipBytes(1));
    }

    @Test
    void authenticationMessages_written_haveTheirBytes() {
        assertThat(hex(BackendMessages::authenticationOk)).isEqualTo("520000000800000000");
        assertThat(hex(out -> BackendMessages.authenticationSasl(out, List.of("AB"))))
                .isEqualTo("520000000c0000000a41420000");
        assertThat(hex(out -> BackendMessages.authenticationSaslContinue(out, new byte[] {1, 2})))
                .isEqualTo("520000000a0000000b0102");
        assertThat(hex(out -> BackendMessages.authenticationSaslFinal(out, new byte[] {3})))
                .isEqualTo("52000000090000000c03");
    }

    @Test
    void sessionMessages_written_haveTheirBytes() {
        assertThat(hex(out -> BackendMessages.parameterStatus(out, "a", "é")))
                .isEqualTo("53000000096100c3a900");
        assertThat(
                        hex(out ->
                                BackendMessages.backendKeyData(
                                        out, new BackendKey(258, new byte[] {1, 2, 3, 4}))))
                .isEqualTo("4b0000000c0000010201020304");
        assertThat(hex(out -> BackendMessages.readyForQuery(out, 'T'))).isEqualTo("5a0000000554");
    }

    @Test
    void negotiation_written_hasMajorAndMinorVersion() {
        assertThat(
                        hex(out ->
                                BackendMessages.negotiateProtocolVersion(
                                        out, ProtocolVersion.V3_2, List.of("_pq_.x"))))
                .isEqualTo("76000000130003000200000001" + "5f70715f2e7800");
    }

    @Test
    void upstreamMessages_written_haveTheirBytes() {
        assertThat(hex(FrontendMessages::sslRequest)).isEqualTo("0000000804d2162f");
        assertThat(hex(FrontendMessages::terminate)).isEqualTo("5800000004");
        assertThat(
                        hex(out ->
                                FrontendMessages.cancelRequest(
                                        out, new BackendKey(1, new byte[] {9, 9, 9, 9}))))
                .isEqualTo("0000001004d2162e0000000109090909");
        assertThat(hex(out -> FrontendMessages.passwordMessage(out, new byte[] {65})))
                .isEqualTo("70000000064100");
        assertThat(hex(out -> FrontendMessages.saslInitialResponse(out, "M", "d")))
                .isEqualTo("700000000b4d000000000164");
        assertThat(hex(out -> FrontendMessages.saslResponse(out, "d"))).isEqualTo("700000000564");
    }

    @Test
    void startupMessage_written_isReadBack() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("user", "bot");
        parameters.put("database", "shop");
        parameters.put("client_encoding", "UTF8");
        ByteBuf out = Unpooled.buffer();
        FrontendMessages.startupMessage(out, ProtocolVersion.V3_0, parameters);
        assertThat(StartupPacketDecoder.decode(out))
                .isEqualTo(
                        new StartupPacket.StartupMessage(
                                ProtocolVersion.V3_0,
                                "bot",
                                "shop",
                                null,
                                Map.of("client_encoding", "UTF8"),
                                List.of()));
    }

    @Test
    void textWithNul_written_isRefused() {
        ByteBuf out = Unpooled.buffer();
        assertThatThrownBy(() -> BackendMessages.parameterStatus(out, "a", "x\0y"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FrontendMessages.passwordMessage(out, new byte[] {1, 0}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        FrontendMessages.startupMessage(out, ProtocolVersion.V3_0, Map.of("", "x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void error_written_isReadBack() {
        ErrorResponse error =
                ErrorResponse.error(SqlState.INSUFFICIENT_PRIVILEGE, "no")
                        .withDetail("{}")
                        .withHint("read")
                        .withPosition(7);
        assertThat(written(error)).isEqualTo(error);
        ErrorResponse bare = ErrorResponse.fatal(SqlState.INVALID_PASSWORD, "no");
        assertThat(written(bare)).isEqualTo(bare);
    }

    @Test
    void errorWithNul_written_cannotStartAnotherField() {
        assertThat(written(ErrorResponse.fatal(SqlState.INVALID_PASSWORD, "no\0Hyes")).message())
                .isEqualTo("no\uFFFDHyes");
    }

    private static ErrorResponse written(ErrorResponse error) {
        ByteBuf out = Unpooled.buffer();
        BackendMessages.errorResponse(out, error);
        assertThat(out.readByte()).isEqualTo((byte) 'E');
        assertThat(out.readInt()).isEqualTo(out.readableBytes() + 4);
        return ErrorResponse.read(out);
    }

    @Test
    void errorWithUnknownFields_read_keepsTheKnownOnes() {
        ByteBuf body = text("SFATAL\0C3D000\0Mno such\0Fpostinit.c\0L7\0Rx\0\0");
        assertThat(ErrorResponse.read(body))
                .isEqualTo(new ErrorResponse(Severity.FATAL, "3D000", "no such", null, null, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "S",
                "SFATAL",
                "SFATAL\0C3D000\0Mno",
                "SFATAL\0C3D000\0\0",
                "SFATAL\0Mno\0\0",
                "C3D000\0Mno\0\0",
                "SFATAL\0C3D\0Mno\0\0"
            })
    void errorBody_broken_isRefused(String body) {
        assertThatThrownBy(() -> ErrorResponse.read(text(body)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void backendKey_printed_hidesTheSecret() {
        BackendKey key = new BackendKey(42, new byte[] {77, 77, 77, 77});
        assertThat(key.toString()).isEqualTo("BackendKey[42, redacted]");
        assertThat(new StartupPacket.CancelRequest(key).toString()).doesNotContain("77");
    }

    @Test
    void backendKeys_compared_needIdAndSecret() {
        BackendKey key = new BackendKey(42, new byte[] {1, 2, 3, 4});
        assertThat(key).isEqualTo(new BackendKey(42, new byte[] {1, 2, 3, 4}));
        assertThat(key).isNotEqualTo(new BackendKey(43, new byte[] {1, 2, 3, 4}));
        assertThat(key).isNotEqualTo(new BackendKey(42, new byte[] {1, 2, 3, 5}));
        assertThat(key).isNotEqualTo(new BackendKey(42, new byte[] {1, 2, 3, 4, 0}));
    }

    private static ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
