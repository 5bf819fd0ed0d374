package dev.postern.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array of UTF-8 JSON. Whatever bytes go into a string, what comes out is a valid JSON
 * string of valid UTF-8: each byte that belongs to no well-formed sequence becomes U+FFFD, and
 * characters that steer a terminal or turn the direction of writing are written as escapes, so that
 * a line can be looked at safely.
 */
final class JsonBytes {

    /** Above this, the array is given back after use instead of being kept for the next event. */
    private static final int KEPT_CAPACITY = 64 * 1024;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** For each byte: 0 if it stands for itself, otherwise why not. */
    private static final byte[] KIND = new byte[256];

    private static final byte ESCAPED = 1;
    private static final byte NOT_ASCII = 2;

    private static final int LONGEST_ESCAPE = 6;
    private static final int LONGEST_LONG = 20;

    static {
        Arrays.fill(KIND, 0, 0x20, ESCAPED);
        KIND['"'] = ESCAPED;
        KIND['\\'] = ESCAPED;
        KIND[0x7F] = ESCAPED;
        Arrays.fill(KIND, 0x80, 0x100, NOT_ASCII);
    }

    private byte[] bytes;
    private int length;

    JsonBytes(int capacity) {
        bytes = new byte[capacity];
    }

    /** Returns the array itself; valid up to {@link #length} until the next change. */
    byte[] array() {
        return bytes;
    }

    int length() {
        return length;
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, length);
    }

    /** Empties the buffer. */
    void clear() {
        if (bytes.length > KEPT_CAPACITY) {
            bytes = new byte[KEPT_CAPACITY];
        }
        length = 0;
    }

    /** Appends bytes that are JSON already. */
    JsonBytes raw(byte[] json) {
        ensure(json.length);
        System.arraycopy(json, 0, bytes, length, json.length);
        length += json.length;
        return this;
    }

    /** Appends one ASCII character of JSON. */
    JsonBytes raw(char ascii) {
        ensure(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    /** Appends {@code ,"name":"text"}. */
    JsonBytes field(byte[] commaNameColon, String text) {
        return raw(commaNameColon).string(text);
    }

    /** Appends a quoted string. */
    JsonBytes string(String text) {
        int chars = text.length();
        ensure(chars + 2);
        byte[] to = bytes;
        int at = length;
        to[at++] = '"';
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || KIND[c] != 0) {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                return string(utf8, utf8.length);
            }
            to[at++] = (byte) c;
        }
        to[at++] = '"';
        length = at;
        return this;
    }

    /**
     * Appends a quoted string of the first {@code count} bytes, which need not be well-formed
     * UTF-8.
     */
    JsonBytes string(byte[] utf8, int count) {
        ensure(count + 2);
        raw('"');
        int i = 0;
        while (i < count) {
            int plain = plainRun(utf8, i, count);
            ensure(plain - i + LONGEST_ESCAPE + 1);
            System.arraycopy(utf8, i, bytes, length, plain - i);
            length += plain - i;
            i = plain;
            if (i < count) {
                if (KIND[utf8[i] & 0xFF] == ESCAPED) {
                    escapeAscii(utf8[i]);
                    i++;
                } else {
                    i = multibyte(utf8, i, count);
                }
            }
        }
        return raw('"');
    }

    private static int plainRun(byte[] utf8, int from, int count) {
        int i = from;
        while (i < count && KIND[utf8[i] & 0xFF] == 0) {
            i++;
        }
        return i;
    }

    private void escapeAscii(byte b) {
        byte[] to = bytes;
        to[length++] = '\\';
        switch (b) {
            case '"', '\\' -> to[length++] = b;
            case '\n' -> to[length++] = 'n';
            case '\r' -> to[length++] = 'r';
            case '\t' -> to[length++] = 't';
            default -> {
                length--;
                unicodeEscape(b);
            }
        }
    }

    private void unicodeEscape(int codeUnit) {
        byte[] to = bytes;
        to[length++] = '\\';
        to[length++] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4) {
            to[length++] = HEX[(codeUnit >> shift) & 0xF];
        }
    }

    /**
     * Takes one sequence that starts with a byte of 0x80 or more; returns where the next begins.
     */
    private int multibyte(byte[] utf8, int at, int count) {
        int size = Utf8.sequenceLength(utf8, at, count);
        if (size == 0) {
            bytes[length++] = (byte) 0xEF;
            bytes[length++] = (byte) 0xBF;
            bytes[length++] = (byte) 0xBD;
            return at + 1;
        }
        int codePoint = Utf8.codePoint(utf8, at, size);
        if (steersDisplay(codePoint)) {
            unicodeEscape(codePoint);
        } else {
            System.arraycopy(utf8, at, bytes, length, size);
            length += size;
        }
        return at + size;
    }

    /**
     * C1 controls, line and paragraph separators, and the characters that turn the direction of
     * text.
     */
    private static boolean steersDisplay(int codePoint) {
        return codePoint < 0xA0
                || (codePoint >= 0x2028 && codePoint <= 0x202E)
                || (codePoint >= 0x2066 && codePoint <= 0x2069);
    }

    JsonBytes number(long value) {
        ensure(LONGEST_LONG);
        length = decimal(bytes, length, value);
        return this;
    }

    /** Appends nanoseconds as milliseconds with three decimals, {@code 0.412}. */
    JsonBytes millis(long nanos) {
        long micros = Math.max(nanos, 0) / 1000;
        number(micros / 1000);
        ensure(4);
        int fraction = (int) (micros % 1000);
        bytes[length++] = '.';
        bytes[length++] = (byte) ('0' + fraction / 100);
        bytes[length++] = (byte) ('0' + fraction / 10 % 10);
        bytes[length++] = (byte) ('0' + fraction % 10);
        return this;
    }

    /** Appends an id in its usual form of 36 characters, quoted. */
    JsonBytes id(EventId id) {
        ensure(38);
        byte[] to = bytes;
        int at = length;
        to[at++] = '"';
        at = hex(to, at, id.high(), 60, 32);
        to[at++] = '-';
        at = hex(to, at, id.high(), 28, 16);
        to[at++] = '-';
        at = hex(to, at, id.high(), 12, 0);
        to[at++] = '-';
        at = hex(to, at, id.low(), 60, 48);
        to[at++] = '-';
        at = hex(to, at, id.low(), 44, 0);
        to[at++] = '"';
        length = at;
        return this;
    }

    private static int hex(byte[] to, int from, long word, int firstShift, int lastShift) {
        int at = from;
        for (int shift = firstShift; shift >= lastShift; shift -= 4) {
            to[at++] = HEX[(int) (word >>> shift) & 0xF];
        }
        return at;
    }

    /** Writes a number into an array that has room for it; returns where it ends. */
    static int decimal(byte[] to, int from, long value) {
        if (value < 0) {
            byte[] text = Long.toString(value).getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(text, 0, to, from, text.length);
            return from + text.length;
        }
        int digits = 1;
        for (long power = 10; digits < LONGEST_LONG - 1 && value >= power; power *= 10) {
            digits++;
        }
        long rest = value;
        int at = from + digits - 1;
        for (; rest > Integer.MAX_VALUE; at--) {
            long tenth = rest / 10;
            to[at] = (byte) ('0' + (rest - 10 * tenth));
            rest = tenth;
        }
        for (int few = (int) rest; at >= from; at--) {
            int tenth = few / 10;
            to[at] = (byte) ('0' + (few - 10 * tenth));
            few = tenth;
        }
        return from + digits;
    }

    /** Writes bytes as lower-case hexadecimal digits; returns where they end. */
    static int hex(byte[] to, int from, byte[] value) {
        int at = from;
        for (byte b : value) {
            to[at++] = HEX[(b >> 4) & 0xF];
            to[at++] = HEX[b & 0xF];
        }
        return at;
    }

    private void ensure(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
