package dev.postern.audit;

/** Well-formed UTF-8 byte sequences, as table 3-7 of the Unicode standard lists them. */
final class Utf8 {

    private Utf8() {}

    /**
     * Returns how many bytes the well-formed sequence at {@code at} has, 0 if none starts there.
     */
    static int sequenceLength(byte[] utf8, int at, int end) {
        int first = utf8[at] & 0xFF;
        if (first < 0x80) {
            return 1;
        }
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        int size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (at + size > end) {
            return 0;
        }
        int second = utf8[at + 1] & 0xFF;
        int low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < low || second > high) {
            return 0;
        }
        for (int i = 2; i < size; i++) {
            if ((utf8[at + i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return size;
    }

    /** Decodes a well-formed sequence of {@code size} bytes. */
    static int codePoint(byte[] utf8, int at, int size) {
        int result = size == 1 ? utf8[at] : utf8[at] & (0x7F >> size);
        for (int i = 1; i < size; i++) {
            result = (result << 6) | (utf8[at + i] & 0x3F);
        }
        return result;
    }

    /** Returns the largest length of at most {@code limit} that does not cut a sequence in two. */
    static int wholeSequences(byte[] utf8, int length, int limit) {
        if (length <= limit) {
            return length;
        }
        for (int back = 1; back <= 3 && back <= limit; back++) {
            int start = limit - back;
            int b = utf8[start] & 0xFF;
            if (b >= 0xC0) {
                return start + sequenceLength(utf8, start, length) > limit ? start : limit;
            }
            if (b < 0x80) {
                return limit;
            }
        }
        return limit;
    }
}
