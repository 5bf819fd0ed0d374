package dev.postern.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Parse and Bind taken apart and written anew, wherever in a buffer they stand. */
class PartsTest {

    private static final String BEFORE = "48000000" + "04";

    @Test
    void parse_withAnotherText_keepsNameAndTypes() {
        ByteBuf in = hex(BEFORE + "50" + "00000011" + "73e400" + "53454c00" + "0001" + "00000019");
        ParseParts parts = ParseParts.of(in, 5);

        assertThat(parts.parameterTypes()).containsExactly(25);
        ByteBuf out = Unpooled.buffer();
        parts.writeWithText(out, "\u00e9");
        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo("50" + "00000010" + "73e400" + "c3a900" + "0001" + "00000019");
        assertThatThrownBy(() -> parts.writeWithText(Unpooled.buffer(), "\0"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(in.readerIndex()).isZero();
    }

    @Test
    void parse_withoutNameAndTypes_hasNone() {
        ParseParts parts = ParseParts.of(hex("50" + "00000009" + "00" + "3100" + "0000"), 0);

        assertThat(parts.parameterTypes()).isEmpty();
    }

    @Test
    void bind_withAnotherValue_keepsAllElse() {
        ByteBuf in =
                hex(
                        BEFORE
                                + "42"
                                + "0000001c"
                                + "7000"
                                + "7300"
                                + "00010001"
                                + "0002"
                                + "00000002"
                                + "6162"
                                + "ffffffff"
                                + "00010001");
        BindParts parts = BindParts.of(in, 5);

        assertThat(parts.parameters()).isEqualTo(2);
        assertThat(parts.firstParameter()).isEqualTo("ab".getBytes(StandardCharsets.UTF_8));
        ByteBuf out = Unpooled.buffer();
        parts.writeWithFirstParameter(out, new byte[] {0x63});
        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo(
                        "42"
                                + "0000001b"
                                + "7000"
                                + "7300"
                                + "00010001"
                                + "0002"
                                + "00000001"
                                + "63"
                                + "ffffffff"
                                + "00010001");
    }

    @Test
    void bind_ofNull_hasNoValue() {
        ByteBuf in = hex("42" + "00000010" + "00" + "00" + "0000" + "0001" + "ffffffff" + "0000");
        BindParts parts = BindParts.of(in, 0);

        assertThat(parts.firstParameter()).isNull();
        ByteBuf out = Unpooled.buffer();
        parts.writeWithFirstParameter(out, new byte[] {0x63});
        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo(
                        "42"
                                + "00000011"
                                + "00"
                                + "00"
                                + "0000"
                                + "0001"
                                + "00000001"
                                + "63"
                                + "0000");
    }

    private static ByteBuf hex(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }
}
