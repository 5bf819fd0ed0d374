package dev.postern.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class JsonBytesTest {

    private static byte[] quoted(byte[] bytes) {
        return new JsonBytes(2).string(bytes, bytes.length).copy();
    }

    /** Reads a JSON string strictly: well-formed UTF-8, valid JSON, nothing after it. */
    private static String read(byte[] json) throws IOException {
        String text =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(json))
                        .toString();
        try (JsonParser parser = new JsonFactory().createParser(text)) {
            assertThat(parser.nextToken()).isEqualTo(JsonToken.VALUE_STRING);
            String value = parser.getText();
            assertThat(parser.nextToken()).isNull();
            return value;
        }
    }

    @Test
    void every_character_of_the_basic_plane_and_beyond_comes_back_as_it_was() throws IOException {
        StringBuilder chunk = new StringBuilder();
        for (int codePoint = 0;
                codePoint <= Character.MAX_CODE_POINT;
                codePoint += codePoint < 0x10000 ? 1 : 97) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                chunk.appendCodePoint(codePoint).append('b');
            }
            if (chunk.length() > 500) {
                String text = chunk.toString();
                assertThat(read(quoted(text.getBytes(StandardCharsets.UTF_8)))).isEqualTo(text);
                assertThat(read(new JsonBytes(2).string(text).copy())).isEqualTo(text);
                chunk.setLength(0);
            }
        }
    }

    @Test
    void characters_that_steer_a_terminal_or_turn_text_are_escaped() {
        String text = "\u001b[2J\u007f\u0085\u009b31m\u2028\u202e\u2066";
        assertThat(
                        new String(
                                quoted(text.getBytes(StandardCharsets.UTF_8)),
                                StandardCharsets.US_ASCII))
                .isEqualTo("\"\\u001b[2J\\u007f\\u0085\\u009b31m\\u2028\\u202e\\u2066\"");
    }

    @Test
    void every_sequence_of_two_bytes_gives_valid_json() throws IOException {
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                byte[] bytes = {'x', (byte) first, (byte) second, 'y'};
                String value = read(quoted(bytes));
                boolean wellFormed = isWellFormed(bytes);
                assertThat(value.indexOf('\uFFFD') < 0).isEqualTo(wellFormed);
                assertThat(value).startsWith("x").endsWith("y");
            }
        }
    }

    @Test
    void every_split_of_a_text_gives_valid_json() throws IOException {
        byte[] text = "SELECT 'é€𝄞\u0080' -- \u202e".getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from <= text.length; from++) {
            for (int to = from; to <= text.length; to++) {
                byte[] part = Arrays.copyOfRange(text, from, to);
                String value = read(quoted(part));
                if (isWellFormed(part)) {
                    assertThat(value.getBytes(StandardCharsets.UTF_8)).isEqualTo(part);
                } else {
                    assertThat(value).contains("\uFFFD");
                }
            }
        }
    }

    @Test
    void random_bytes_give_valid_json_and_agree_with_the_platform_on_what_is_well_formed()
            throws IOException {
        Random random = new Random(7);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = new byte[random.nextInt(1, 8)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] =
                        (byte)
                                (random.nextInt(3) == 0
                                        ? random.nextInt()
                                        : 0x80 | random.nextInt(0x80));
            }
            assertThat(read(quoted(bytes)).indexOf('\uFFFD') < 0)
                    .as(Arrays.toString(bytes))
                    .isEqualTo(isWellFormed(bytes));
        }
    }

    @Test
    void numbers_are_written_in_full() {
        for (long value :
                new long[] {
                    0, 9, 10, 99, 100, 12_345_678_901L, Long.MAX_VALUE, -1, Long.MIN_VALUE
                }) {
            assertThat(new String(new JsonBytes(1).number(value).copy(), StandardCharsets.US_ASCII))
                    .isEqualTo(Long.toString(value));
        }
        assertThat(new String(new JsonBytes(1).millis(1_050_999).copy(), StandardCharsets.US_ASCII))
                .isEqualTo("1.050");
        assertThat(new String(new JsonBytes(1).millis(-5).copy(), StandardCharsets.US_ASCII))
                .isEqualTo("0.000");
    }

    private static boolean isWellFormed(byte[] bytes) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
