package dev.postern.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartupPacketDecoderTest {

    private static final int V3_0 = ProtocolVersion.V3_0.word();

    /** A packet with a right length word. */
    private static ByteBuf packet(int code, byte... body) {
        return Unpooled.buffer().writeInt(8 + body.length).writeInt(code).writeBytes(body);
    }

    private static ByteBuf startup(int version, String... texts) {
        ByteBuf body = Unpooled.buffer();
        for (String text : texts) {
            body.writeBytes(text.getBytes(UTF_8)).writeByte(0);
        }
        byte[] bytes = new byte[body.writeByte(0).readableBytes()];
        body.readBytes(bytes);
        return packet(version, bytes);
    }

    private static StartupPacket.StartupMessage decodeStartup(String... texts) {
        return (StartupPacket.StartupMessage) decode(startup(V3_0, texts));
    }

    private static StartupPacket decode(ByteBuf in) {
        @Nullable StartupPacket packet = StartupPacketDecoder.decode(in);
        assertThat(packet).isNotNull();
        assertThat(in.isReadable()).as("rest").isFalse();
        return Objects.requireNonNull(packet);
    }

    private static StartupFault fault(ByteBuf in) {
        @Nullable StartupPacket packet = StartupPacketDecoder.decode(in);
        assertThat(packet).isInstanceOf(StartupPacket.Unreadable.class);
        return ((StartupPacket.Unreadable) Objects.requireNonNull(packet)).fault();
    }

    static Stream<ByteBuf> wellFormed() {
        return Stream.of(
                packet(StartupPacket.SSL_REQUEST_CODE),
                packet(StartupPacket.GSSENC_REQUEST_CODE),
                packet(StartupPacket.CANCEL_REQUEST_CODE, new byte[8]),
                packet(StartupPacket.CANCEL_REQUEST_CODE, new byte[260]),
                startup(V3_0, "user", "bot", "database", "shop", "DateStyle", "ISO"),
                startup(3 << 16 | 9999, "user", "bot", "_pq_.new", "1"));
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void packetInTwoPieces_everySplit_decodesOnlyWhenWhole(ByteBuf whole) {
        StartupPacket expected = decode(whole.duplicate());
        for (int split = 0; split < whole.readableBytes(); split++) {
            ByteBuf in = Unpooled.buffer().writeBytes(whole, whole.readerIndex(), split);
            assertThat(StartupPacketDecoder.decode(in)).as("first %d bytes", split).isNull();
            assertThat(in.readerIndex()).as("nothing taken").isZero();
            in.writeBytes(whole, whole.readerIndex() + split, whole.readableBytes() - split);
            assertThat(decode(in)).isEqualTo(expected);
        }
    }

    @Test
    void twoPackets_decoded_secondIsLeft() {
        ByteBuf in =
                packet(StartupPacket.GSSENC_REQUEST_CODE)
                        .writeBytes(packet(StartupPacket.SSL_REQUEST_CODE));
        assertThat(StartupPacketDecoder.decode(in)).isEqualTo(new StartupPacket.GssEncRequest());
        assertThat(StartupPacketDecoder.decode(in)).isEqualTo(new StartupPacket.SslRequest());
    }

    @Test
    void cancelRequest_shortestAndLongestKey_decodes() {
        byte[] body = new byte[260];
        body[3] = 42;
        body[4] = 7;
        assertThat(decode(packet(StartupPacket.CANCEL_REQUEST_CODE, body)))
                .isEqualTo(
                        new StartupPacket.CancelRequest(
                                new BackendKey(42, Arrays.copyOfRange(body, 4, 260))));
        assertThat(decode(packet(StartupPacket.CANCEL_REQUEST_CODE, 0, 0, 0, 42, 1, 2, 3, 4)))
                .isEqualTo(
                        new StartupPacket.CancelRequest(
                                new BackendKey(42, new byte[] {1, 2, 3, 4})));
    }

    private static ByteBuf packet(int code, int... body) {
        byte[] bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) {
            bytes[i] = (byte) body[i];
        }
        return packet(code, bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 257})
    void cancelRequest_keyTooShortOrTooLong_isRefused(int secretLength) {
        assertThat(fault(packet(StartupPacket.CANCEL_REQUEST_CODE, new byte[4 + secretLength])))
                .isEqualTo(StartupFault.LENGTH);
    }

    @Test
    void cancelRequest_withoutProcessId_isRefused() {
        assertThat(fault(packet(StartupPacket.CANCEL_REQUEST_CODE, new byte[0])))
                .isEqualTo(StartupFault.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(ints = {StartupPacket.SSL_REQUEST_CODE, StartupPacket.GSSENC_REQUEST_CODE})
    void encryptionRequest_withBody_isRefused(int code) {
        assertThat(fault(packet(code, new byte[1]))).isEqualTo(StartupFault.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 4, 7, 10_005, 0x1603_0100, Integer.MAX_VALUE})
    void length_impossible_isRefusedBeforeTheBody(int length) {
        assertThat(fault(Unpooled.buffer().writeInt(length))).isEqualTo(StartupFault.LENGTH);
    }

    @Test
    void length_greatestPossible_isReadToItsEnd() {
        String value =
                "x"
                        .repeat(
                                StartupPacketDecoder.MAX_STARTUP_PACKET_LENGTH
                                        - 4
                                        - "user\0bot\0a\0\0\0".length());
        assertThat(decodeStartup("user", "bot", "a", value).parameters()).containsEntry("a", value);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2 << 16, 4 << 16, 1234 << 16 | 5681, -1})
    void majorVersion_otherThanThree_isRefused(int version) {
        assertThat(fault(startup(version, "user", "bot"))).isEqualTo(StartupFault.VERSION);
    }

    @Test
    void newerMinorVersion_decoded_needsNegotiationDownTo32() {
        var message = (StartupPacket.StartupMessage) decode(startup(3 << 16 | 3, "user", "bot"));
        assertThat(message.needsNegotiation()).isTrue();
        assertThat(message.version().negotiated()).isEqualTo(ProtocolVersion.V3_2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void knownMinorVersion_decoded_needsNoNegotiation(int minor) {
        var message =
                (StartupPacket.StartupMessage) decode(startup(3 << 16 | minor, "user", "bot"));
        assertThat(message.needsNegotiation()).isFalse();
        assertThat(message.version().negotiated()).isEqualTo(new ProtocolVersion(3, minor));
    }

    @Test
    void protocolOption_decoded_needsNegotiationAndIsNoParameter() {
        var message = decodeStartup("user", "bot", "_pq_.command_tag", "1");
        assertThat(message.needsNegotiation()).isTrue();
        assertThat(message.protocolOptions()).containsExactly("_pq_.command_tag");
        assertThat(message.parameters()).isEmpty();
    }

    @Test
    void parameterTwice_decoded_lastWins() {
        var message = decodeStartup("user", "a", "user", "b", "TimeZone", "UTC", "TimeZone", "PRC");
        assertThat(message.user()).isEqualTo("b");
        assertThat(message.parameters()).isEqualTo(Map.of("TimeZone", "PRC"));
    }

    @Test
    void database_absentOrEmpty_isTheUsersName() {
        assertThat(decodeStartup("user", "bot").database()).isEqualTo("bot");
        assertThat(decodeStartup("user", "bot", "database", "").database()).isEqualTo("bot");
    }

    @Test
    void options_given_areKeptUnread() {
        assertThat(decodeStartup("user", "bot", "options", "-c x=1").options()).isEqualTo("-c x=1");
    }

    @Test
    void user_absent_isRefused() {
        assertThat(fault(startup(V3_0, "database", "shop"))).isEqualTo(StartupFault.USER);
        assertThat(fault(packet(V3_0, new byte[1]))).isEqualTo(StartupFault.USER);
    }

    @Test
    void user_empty_isRefused() {
        assertThat(fault(startup(V3_0, "user", ""))).isEqualTo(StartupFault.USER);
    }

    @Test
    void user_of64Bytes_isRefused() {
        assertThat(decodeStartup("user", "é".repeat(31) + "x").user()).hasSize(32);
        assertThat(fault(startup(V3_0, "user", "é".repeat(32)))).isEqualTo(StartupFault.USER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // not even the final NUL
                "user", // a name without end
                "user\0", // a name without value
                "user\0bot", // a value without end
                "user\0bot\0", // no final NUL
                "user\0bot\0\0x", // something after the final NUL
                "user\0bot\0\0\0", // another NUL after it
                "user\0bot\0name\0" // the last name has no value
            })
    void layout_broken_isRefused(String body) {
        assertThat(fault(packet(V3_0, body.getBytes(UTF_8)))).isEqualTo(StartupFault.LAYOUT);
    }

    @Test
    void text_notUtf8_isRefused() {
        byte[] body = "user\0b?t\0\0".getBytes(UTF_8);
        body[6] = (byte) 0xFF;
        assertThat(fault(packet(V3_0, body))).isEqualTo(StartupFault.ENCODING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "t", "tr", "on", "On", "yes", "y", "1", "database"})
    void replication_askedFor_isRefused(String value) {
        assertThat(fault(startup(V3_0, "user", "bot", "replication", value)))
                .isEqualTo(StartupFault.REPLICATION);
        assertThat(StartupFault.REPLICATION.sqlState()).isEqualTo(SqlState.FEATURE_NOT_SUPPORTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "f", "off", "of", "no", "n", "0"})
    void replication_askedNotFor_isAnOrdinaryConnection(String value) {
        assertThat(decodeStartup("user", "bot", "replication", value).parameters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "o", "maybe", "DATABASE", "truely", "2"})
    void replication_ofNoKind_isRefused(String value) {
        assertThat(fault(startup(V3_0, "user", "bot", "replication", value)))
                .isEqualTo(StartupFault.REPLICATION_VALUE);
    }
}
