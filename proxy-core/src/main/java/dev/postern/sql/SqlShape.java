package dev.postern.sql;

import java.util.Arrays;

/**
 * The shape of a text: what is left when the numbers and the insides of the strings in it are taken
 * out. Texts of one shape have parse trees that differ in constants only, so that one verdict can
 * hold for all of them.
 *
 * <p>Only a <em>plain</em> text has a shape: one in which single quotes alone delimit strings,
 * whatever the server's settings. It has no backslash, dollar sign, comment opener, control
 * character or the word UESCAPE, no double-quoted name with anything but ASCII letters, digits and
 * underscores, and no identifier character or {@code &} right before a quote, nor a quote right
 * after one.
 *
 * <p>An object is room for one shape at a time, to be used again and again by one thread.
 */
public final class SqlShape {

    /** Longer texts have no shape: they are not the ones that come again with another number. */
    public static final int MAX_LENGTH = 4096;

    /** What stands for an integer. None of these bytes can stand in a plain text itself. */
    private static final byte INTEGER = 1;

    private static final byte DECIMAL = 2;
    private static final byte STRING = 3;

    private static final byte OTHER = 0;
    private static final byte LETTER = 1;
    private static final byte DIGIT = 2;
    private static final byte SINGLE_QUOTE = 3;
    private static final byte DOUBLE_QUOTE = 4;
    private static final byte COMMENT = 5;
    private static final byte REFUSED = 6;

    private static final byte[] CLASS = new byte[256];
    private static final boolean[] SIMPLE = new boolean[256];

    static {
        for (int b = 0; b < 256; b++) {
            boolean letter = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
            boolean digit = b >= '0' && b <= '9';
            boolean space = b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f';
            boolean refused = (b < ' ' && !space) || b == 0x7F || b == '\\' || b == '$';
            if (letter || b == '_' || b >= 0x80) {
                CLASS[b] = LETTER;
            } else if (digit) {
                CLASS[b] = DIGIT;
            } else {
                CLASS[b] = refused ? REFUSED : OTHER;
            }
            SIMPLE[b] = letter || digit || " _.,:@/%+-".indexOf(b) >= 0;
        }
        CLASS['\''] = SINGLE_QUOTE;
        CLASS['"'] = DOUBLE_QUOTE;
        CLASS['-'] = COMMENT;
        CLASS['/'] = COMMENT;
    }

    private final byte[] shape = new byte[MAX_LENGTH];
    private byte[] text = {};
    private int in;
    private int out;

    /** Takes the shape of a text; tells whether it has one. */
    public boolean take(byte[] sql) {
        if (sql.length > MAX_LENGTH) {
            return false;
        }
        text = sql;
        in = 0;
        out = 0;
        boolean plain = true;
        while (plain && in < text.length) {
            plain =
                    switch (CLASS[text[in] & 0xFF]) {
                        case LETTER -> word();
                        case DIGIT -> number();
                        case SINGLE_QUOTE -> string();
                        case DOUBLE_QUOTE -> name();
                        case COMMENT -> dashOrSlash();
                        case REFUSED -> false;
                        default -> copy();
                    };
        }
        return plain;
    }

    /**
     * Returns the bytes of the shape last taken, {@link #length} of them: valid until the next one
     * is taken.
     */
    public byte[] bytes() {
        return shape;
    }

    /** Returns how long the shape last taken is. */
    public int length() {
        return out;
    }

    /** Returns a copy of the shape last taken. */
    public byte[] copyOfBytes() {
        return Arrays.copyOf(shape, out);
    }

    private boolean copy() {
        shape[out++] = text[in++];
        return true;
    }

    private boolean dashOrSlash() {
        byte b = text[in];
        if (in + 1 < text.length && text[in + 1] == (b == '-' ? '-' : '*')) {
            return false;
        }
        return copy();
    }

    private boolean word() {
        int begin = in;
        while (in < text.length && isWordPart(text[in])) {
            shape[out++] = text[in++];
        }
        return !(in - begin == 7 && isUescape(begin));
    }

    private boolean isUescape(int begin) {
        String word = "uescape";
        for (int i = 0; i < word.length(); i++) {
            if ((text[begin + i] | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * A number that stands alone goes; what only looks like one, as in {@code 1e5} or {@code 0x1F},
     * stays.
     */
    private boolean number() {
        int end = digits(in);
        boolean decimal =
                end + 1 < text.length && text[end] == '.' && CLASS[text[end + 1] & 0xFF] == DIGIT;
        if (decimal) {
            end = digits(end + 1);
        }
        boolean joinedBefore = in > 0 && text[in - 1] == '.';
        boolean joinedAfter = end < text.length && (isWordPart(text[end]) || text[end] == '.');
        if (joinedBefore || joinedAfter || decidesType()) {
            while (in < text.length && (isWordPart(text[in]) || text[in] == '.')) {
                shape[out++] = text[in++];
            }
            return true;
        }
        shape[out++] = decimal ? DECIMAL : INTEGER;
        in = end;
        return true;
    }

    private int digits(int begin) {
        int end = begin;
        while (end < text.length && CLASS[text[end] & 0xFF] == DIGIT) {
            end++;
        }
        return end;
    }

    /** In {@code float(n)} the number chooses between two types. */
    private boolean decidesType() {
        int at = skipSpaceBackwards(in - 1);
        if (at < 0 || text[at] != '(') {
            return false;
        }
        at = skipSpaceBackwards(at - 1);
        return at >= 4
                && (text[at] | 0x20) == 't'
                && (text[at - 1] | 0x20) == 'a'
                && (text[at - 2] | 0x20) == 'o'
                && (text[at - 3] | 0x20) == 'l'
                && (text[at - 4] | 0x20) == 'f';
    }

    private int skipSpaceBackwards(int from) {
        int at = from;
        while (at >= 0 && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) {
            at--;
        }
        return at;
    }

    private boolean string() {
        if (isJoined(in)) {
            return false;
        }
        int end = in + 1;
        boolean simple = true;
        while (end < text.length && text[end] != '\'') {
            byte b = text[end];
            simple &= SIMPLE[b & 0xFF];
            if (CLASS[b & 0xFF] == REFUSED || opensComment(end)) {
                return false;
            }
            end++;
        }
        if (end == text.length
                || end == in + 1
                || (end + 1 < text.length && isQuote(text[end + 1]))) {
            return false;
        }
        shape[out++] = '\'';
        if (simple) {
            shape[out++] = STRING;
        } else {
            System.arraycopy(text, in + 1, shape, out, end - in - 1);
            out += end - in - 1;
        }
        shape[out++] = '\'';
        in = end + 1;
        return true;
    }

    private boolean name() {
        if (isJoined(in)) {
            return false;
        }
        int end = in + 1;
        while (end < text.length && text[end] != '"') {
            if (!isWordPart(text[end]) || text[end] < 0) {
                return false;
            }
            end++;
        }
        if (end == text.length
                || end == in + 1
                || (end + 1 < text.length && isQuote(text[end + 1]))) {
            return false;
        }
        System.arraycopy(text, in, shape, out, end + 1 - in);
        out += end + 1 - in;
        in = end + 1;
        return true;
    }

    private boolean opensComment(int at) {
        byte b = text[at];
        return at + 1 < text.length
                && ((b == '-' && text[at + 1] == '-') || (b == '/' && text[at + 1] == '*'));
    }

    /**
     * Something right before a quote may belong to it: {@code E'…'}, {@code U&"…"}, a doubled
     * quote.
     */
    private boolean isJoined(int quote) {
        return quote > 0
                && (isWordPart(text[quote - 1])
                        || text[quote - 1] == '&'
                        || isQuote(text[quote - 1]));
    }

    private static boolean isWordPart(byte b) {
        byte type = CLASS[b & 0xFF];
        return type == LETTER || type == DIGIT;
    }

    private static boolean isQuote(byte b) {
        return b == '\'' || b == '"';
    }
}
