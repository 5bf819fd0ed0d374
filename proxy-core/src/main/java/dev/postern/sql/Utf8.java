package dev.postern.sql;

/** Checks on bytes that claim to be UTF-8. */
final class Utf8 {

    private Utf8() {}

    /**
     * Tells whether bytes are what PostgreSQL takes as text in UTF-8: shortest forms only, no
     * surrogates, nothing beyond U+10FFFF, no NUL.
     */
    static boolean isText(byte[] bytes) {
        int i = 0;
        int n = bytes.length;
        while (i < n) {
            int b = bytes[i];
            if (b > 0) {
                i++;
                continue;
            }
            int lead = b & 0xFF;
            int more;
            int low = 0x80;
            int high = 0xBF;
            if (lead >= 0xC2 && lead <= 0xDF) {
                more = 1;
            } else if (lead >= 0xE0 && lead <= 0xEF) {
                more = 2;
                low = lead == 0xE0 ? 0xA0 : 0x80;
                high = lead == 0xED ? 0x9F : 0xBF;
            } else if (lead >= 0xF0 && lead <= 0xF4) {
                more = 3;
                low = lead == 0xF0 ? 0x90 : 0x80;
                high = lead == 0xF4 ? 0x8F : 0xBF;
            } else {
                return false;
            }
            if (i + more >= n) {
                return false;
            }
            for (int k = 1; k <= more; k++) {
                int next = bytes[i + k] & 0xFF;
                if (next < low || next > high) {
                    return false;
                }
                low = 0x80;
                high = 0xBF;
            }
            i += more + 1;
        }
        return true;
    }
}
