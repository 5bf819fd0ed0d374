package dev.postern.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrontendFrameReaderTest {

    private static final FrameLimits LIMITS = new FrameLimits(100, 200, 256);

    private final FrontendFrameReader reader = new FrontendFrameReader(LIMITS);

    /** A message and how it reads. */
    record Sample(String wire, FrontendMessage message) {

        Sample(byte[] wire, FrontendMessage message) {
            this(new String(wire, StandardCharsets.ISO_8859_1), message);
        }

        byte[] bytes() {
            return wire.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    static List<Sample> wellFormed() {
        return List.of(
                new Sample(message('Q', "SELECT 1\0"), new FrontendMessage.Query(sql("SELECT 1"))),
                new Sample(message('Q', "\0"), new FrontendMessage.Query(sql(""))),
                new Sample(
                        message('P', "s\0SELECT $1\0\0\1\0\0\0\27"),
                        new FrontendMessage.Parse("s", sql("SELECT $1"))),
                new Sample(
                        message('B', "p\0s\0\0\1\0\1\0\2\0\0\0\2ab\377\377\377\377\0\1\0\0"),
                        new FrontendMessage.Bind("p", "s")),
                new Sample(
                        message('D', "Ss\0"),
                        new FrontendMessage.Describe(FrontendMessage.Target.STATEMENT, "s")),
                new Sample(
                        message('D', "P\0"),
                        new FrontendMessage.Describe(FrontendMessage.Target.PORTAL, "")),
                new Sample(message('E', "p\0\0\0\0\5"), new FrontendMessage.Execute("p", 5)),
                new Sample(
                        message('C', "Ss\0"),
                        new FrontendMessage.Close(FrontendMessage.Target.STATEMENT, "s")),
                new Sample(
                        message('C', "Pp\0"),
                        new FrontendMessage.Close(FrontendMessage.Target.PORTAL, "p")),
                new Sample(message('S', ""), FrontendMessage.Sync.INSTANCE),
                new Sample(message('H', ""), FrontendMessage.Flush.INSTANCE),
                new Sample(message('X', ""), FrontendMessage.Terminate.INSTANCE),
                new Sample(message('F', "whatever"), FrontendMessage.FunctionCall.INSTANCE),
                new Sample(message('d', "data"), FrontendMessage.CopyIn.INSTANCE),
                new Sample(message('c', ""), FrontendMessage.CopyIn.INSTANCE),
                new Sample(message('f', "why\0"), FrontendMessage.CopyIn.INSTANCE));
    }

    @ParameterizedTest
    @MethodSource("wellFormed")
    void message_cutAnywhere_isIncompleteUntilWhole(Sample sample) {
        for (int length = 0; length < sample.bytes().length; length++) {
            assertThat(read(Arrays.copyOf(sample.bytes(), length)))
                    .isEqualTo(FrontendFrame.Incomplete.INSTANCE);
        }
        assertThat(read(sample.bytes()))
                .isEqualTo(new FrontendFrame.Whole(sample.message(), sample.bytes().length));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Q", // no terminator
                "QSELECT", // no terminator
                "Qa\0b\0", // NUL inside
                "Ps\0SELECT 1\0", // no types
                "Ps\0SELECT 1", // no terminator
                "Ps", // no terminator
                "Ps\0SELECT 1\0\0\1", // a type is missing
                "Ps\0SELECT 1\0\0\0x", // something behind
                "Bp", // no terminator
                "Bp\0s", // no terminator
                "Bp\0s\0", // no formats
                "Bp\0s\0\0\1", // a format is missing
                "Bp\0s\0\0\0", // no parameters
                "Bp\0s\0\0\0\0\1\0\0", // a length is missing
                "Bp\0s\0\0\0\0\1\0\0\0\5ab\0\0", // a parameter is short
                "Bp\0s\0\0\0\0\1\377\377\377\376\0\0", // a length below -1
                "Bp\0s\0\0\0\0\1\177\377\377\377\0\0", // a length of 2 GB
                "Bp\0s\0\0\0\0\0", // no result formats
                "Bp\0s\0\0\0\0\0\0\0x", // something behind
                "D", // nothing
                "DXs\0", // neither statement nor portal
                "DSs", // no terminator
                "DSs\0x", // something behind
                "Ep\0", // no row count
                "Ep", // no terminator
                "Ep\0\0\0\0\0x", // something behind
                "C", // nothing
                "CXs\0", // neither statement nor portal
                "CPp", // no terminator
                "Sx", // a body where none belongs
                "Hx" // a body where none belongs
            })
    void message_thatDoesNotAddUp_isMalformed(String typeAndBody) {
        assertThat(read(message(typeAndBody.charAt(0), typeAndBody.substring(1))))
                .isInstanceOf(FrontendFrame.Malformed.class);
    }

    @Test
    void type_unknown_isMalformedAtItsFirstByte() {
        String known = "QPBDECSHXFdcf";
        for (int type = 0; type < 256; type++) {
            FrontendFrame frame = read(new byte[] {(byte) type});
            if (known.indexOf(type) >= 0) {
                assertThat(frame).isInstanceOf(FrontendFrame.Incomplete.class);
            } else {
                assertThat(frame).isInstanceOf(FrontendFrame.Malformed.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 0x4000_0004, Integer.MAX_VALUE})
    void length_impossible_isMalformed(int length) {
        assertThat(read(header('Q', length))).isInstanceOf(FrontendFrame.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(chars = {'Q', 'P', 'B', 'S', 'd', 'F'})
    void length_atItsLimit_isAwaited_andOverIt_isTooLong(char type) {
        int limit = LIMITS.of((byte) type);
        assertThat(read(header(type, limit + 4))).isInstanceOf(FrontendFrame.Incomplete.class);
        assertThat(read(header(type, limit + 5)))
                .isEqualTo(new FrontendFrame.TooLong((byte) type, limit + 6, limit));
    }

    @Test
    void anyBytes_neverThrow() {
        Random random = new Random(7);
        byte[] types = "QPBDECSHXFdcf".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 5 && random.nextInt(8) > 0) {
                bytes[0] = types[random.nextInt(types.length)];
                bytes[1] = 0;
                bytes[2] = 0;
                bytes[3] = 0;
                bytes[4] = (byte) (bytes.length - 1);
                for (int at = 5; at < bytes.length; at++) {
                    bytes[at] = (byte) (random.nextInt(3) > 0 ? random.nextInt(3) : bytes[at]);
                }
            }
            assertThat(read(bytes)).isNotNull();
        }
    }

    private FrontendFrame read(byte[] bytes) {
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        FrontendFrame frame = reader.read(in, 0);
        assertThat(in.readerIndex()).isZero();
        in.release();
        return frame;
    }

    private static byte[] message(char type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) type)
                .putInt(4 + bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] header(char type, int length) {
        return ByteBuffer.allocate(5).put((byte) type).putInt(length).array();
    }

    private static SqlText sql(String text) {
        return SqlText.owning(text.getBytes(StandardCharsets.UTF_8));
    }
}
