package dev.postern.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackendScannerTest {

    private static final byte[] STREAM =
            all(
                    message('S', "TimeZone\0UTC\0"),
                    message('1', ""),
                    message('T', "\0\0"),
                    message('D', "\0\1\0\0\0\1x"),
                    message('X', "dropped"),
                    message('C', "SELECT 1\0"),
                    message('E', "SERROR\0VFATAL\0C57P01\0Mgone\0\0"),
                    message('Z', "T"));

    /** Notes what it hears; drops messages of type X. */
    private static final class Notes implements BackendScanner.Listener {

        private final List<String> events = new ArrayList<>();
        private final ByteArrayOutputStream forwarded = new ByteArrayOutputStream();
        private boolean wantsContent;

        @Override
        public boolean wantsContent() {
            return wantsContent;
        }

        @Override
        public boolean onStart(byte type, int length) {
            events.add("start " + (char) type + " " + length);
            return type != 'X';
        }

        @Override
        public void onEnd(byte type, @Nullable BackendMessage message) {
            events.add("end " + (char) type + " " + message);
            if (type == 'X') {
                forwarded.writeBytes(message('e', ""));
            }
        }

        @Override
        public void onForward(ByteBuf in, int from, int to) {
            forwarded.writeBytes(ByteBufUtil.getBytes(in, from, to - from));
        }

        @Override
        public void onMalformed(String reason) {
            events.add("malformed");
        }
    }

    private final Notes notes = new Notes();
    private final BackendScanner scanner = new BackendScanner(notes);

    @Test
    void stream_cutAnywhere_isReadAndForwardedTheSame() {
        scan(scanner, STREAM);
        assertThat(notes.events)
                .contains(
                        "end S ParameterStatus[name=TimeZone, value=UTC]",
                        "end C CommandComplete[tag=SELECT 1]")
                .endsWith("end Z ReadyForQuery[status=84]");
        assertThat(new String(notes.forwarded.toByteArray(), StandardCharsets.ISO_8859_1))
                .doesNotContain("dropped");
        for (int first = 0; first <= STREAM.length; first++) {
            for (int second = first; second <= STREAM.length; second += 7) {
                Notes cut = new Notes();
                scan(
                        new BackendScanner(cut),
                        Arrays.copyOf(STREAM, first),
                        Arrays.copyOfRange(STREAM, first, second),
                        Arrays.copyOfRange(STREAM, second, STREAM.length));
                assertThat(cut.events).isEqualTo(notes.events);
                assertThat(cut.forwarded.toByteArray()).isEqualTo(notes.forwarded.toByteArray());
            }
        }
    }

    @Test
    void dropped_messageMakesRoomBehindWhatCameBefore() {
        scan(scanner, all(message('1', ""), message('X', "dropped"), message('2', "")));

        assertThat(notes.forwarded.toByteArray())
                .isEqualTo(all(message('1', ""), message('e', ""), message('2', "")));
    }

    @Test
    void message_overTheHoldLimit_passesAsItComes() {
        byte[] giant = message('D', "x".repeat(BackendScanner.HOLD_LIMIT));
        scan(scanner, Arrays.copyOf(giant, 100));

        assertThat(notes.forwarded.size()).isEqualTo(100);
        assertThat(scanner.insideMessage()).isTrue();
        scan(scanner, Arrays.copyOfRange(giant, 100, giant.length));
        assertThat(notes.forwarded.toByteArray()).isEqualTo(giant);
        assertThat(scanner.insideMessage()).isFalse();
    }

    @Test
    void message_withinTheHoldLimit_waitsUntilWhole() {
        byte[] row = message('D', "x".repeat(1000));
        ByteBuf in = Unpooled.wrappedBuffer(row, 0, 600);
        scanner.scan(in);

        assertThat(in.readableBytes()).isEqualTo(600);
        assertThat(BackendScanner.missing(in)).isEqualTo(row.length - 600);
        assertThat(scanner.insideMessage()).isFalse();
        in.release();
    }

    @Test
    void rowDescription_whenWanted_tellsTheColumns() {
        String column = "\0\0\40\1\0\1\0\0\0\27\0\4\377\377\377\377\0\0";
        byte[] description = message('T', "\0\2id\0" + column + "n\351\0" + column);
        scan(scanner, description);
        assertThat(notes.events).endsWith("end T null");

        notes.wantsContent = true;
        scan(scanner, description);
        assertThat(notes.events)
                .endsWith(
                        "end T "
                                + new BackendMessage.RowDescription(
                                        List.of(
                                                new BackendMessage.Column("id", 23, -1),
                                                new BackendMessage.Column("n\u00e9", 23, -1))));
    }

    @Test
    void rowDescription_cutShortOrNone_isNotRead() {
        notes.wantsContent = true;
        for (String body :
                List.of("", "\0\1", "\0\1id", "\0\1id\0\0\0", "\0\2id\0" + "\0".repeat(18))) {
            scan(scanner, message('T', body));
            assertThat(notes.events).endsWith("end T null");
        }
    }

    @Test
    void error_longerThanItsCapture_keepsWhatWasCaptured() {
        scan(
                scanner,
                message(
                        'E',
                        "VERROR\0C22P02\0M"
                                + "x".repeat(BackendScanner.CAPTURE_LIMIT * 2)
                                + "\0\0"));

        assertThat(notes.events.getLast()).contains("22P02");
        assertThat(notes.events.getLast().length()).isLessThan(BackendScanner.CAPTURE_LIMIT + 200);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 0x4000_0000, Integer.MAX_VALUE})
    void length_impossible_endsTheScan(int length) {
        scan(
                scanner,
                all(
                        message('1', ""),
                        ByteBuffer.allocate(5).put((byte) 'D').putInt(length).array()));
        scan(scanner, message('1', ""));

        assertThat(notes.events).containsExactly("start 1 5", "end 1 null", "malformed");
        assertThat(notes.forwarded.toByteArray()).isEqualTo(message('1', ""));
    }

    /** Presents each piece together with what was left of those before it. */
    private static void scan(BackendScanner scanner, byte[]... pieces) {
        ByteBuf in = Unpooled.buffer();
        for (byte[] piece : pieces) {
            in.writeBytes(piece);
            scanner.scan(in);
        }
        in.release();
    }

    private static byte[] message(char type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) type)
                .putInt(4 + bytes.length)
                .put(bytes)
                .array();
    }

    private static byte[] all(byte[]... messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            out.writeBytes(message);
        }
        return out.toByteArray();
    }
}
