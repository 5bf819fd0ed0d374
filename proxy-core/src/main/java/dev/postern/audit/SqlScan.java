package dev.postern.audit;

/**
 * Just enough of PostgreSQL's lexical rules to tell what is inside a string or comment, with {@code
 * standard_conforming_strings} on. No part of any decision to let a statement pass.
 */
final class SqlScan {

    private final byte[] text;
    private int at;

    SqlScan(byte[] text) {
        this.text = text;
    }

    /** What a place may lie in. */
    enum Place {
        CODE,
        /** A string in single quotes, in which quotes are doubled. */
        STRING,
        /** A comment or a string in dollar quotes, in which quotes are as they are. */
        VERBATIM
    }

    /** Tells what a place lies in. Places must not go back from one call to the next. */
    Place at(int place) {
        while (at < place) {
            int end = elementEnd(text, at);
            if (end > place) {
                return switch (text[at]) {
                    case '"' -> Place.CODE;
                    case '\'' -> Place.STRING;
                    default -> Place.VERBATIM;
                };
            }
            at = end;
        }
        return Place.CODE;
    }

    /**
     * Returns where the string, quoted identifier or comment ends that starts at {@code from}, the
     * end of the text if it is not closed, and {@code from + 1} if none starts there.
     */
    static int elementEnd(byte[] text, int from) {
        return switch (text[from]) {
            case '\'' -> quotedEnd(text, from, '\'', hasBackslashEscapes(text, from));
            case '"' -> quotedEnd(text, from, '"', false);
            case '$' -> dollarQuotedEnd(text, from);
            case '-' -> startsWith(text, from, '-', '-') ? lineEnd(text, from) : from + 1;
            case '/' -> startsWith(text, from, '/', '*') ? commentEnd(text, from) : from + 1;
            default -> from + 1;
        };
    }

    /**
     * Returns the first place at or after {@code from} that is neither white space nor in a
     * comment.
     */
    static int skipSpace(byte[] text, int from) {
        int i = from;
        while (i < text.length) {
            boolean comment = startsWith(text, i, '-', '-') || startsWith(text, i, '/', '*');
            if (comment) {
                i = elementEnd(text, i);
            } else if (isSpace(text[i])) {
                i++;
            } else {
                return i;
            }
        }
        return i;
    }

    static boolean isSpace(byte b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    static boolean isIdentifier(byte b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || isDigit(b) || b == '_' || b < 0;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean hasBackslashEscapes(byte[] text, int quote) {
        return quote > 0
                && (text[quote - 1] | 0x20) == 'e'
                && (quote == 1 || !isIdentifier(text[quote - 2]));
    }

    private static int quotedEnd(byte[] text, int open, char quote, boolean backslashEscapes) {
        int i = open + 1;
        while (i < text.length) {
            if (backslashEscapes && text[i] == '\\') {
                i += 2;
            } else if (text[i] != quote) {
                i++;
            } else if (i + 1 < text.length && text[i + 1] == quote) {
                i += 2;
            } else {
                return i + 1;
            }
        }
        return text.length;
    }

    private static int dollarQuotedEnd(byte[] text, int open) {
        int tagEnd = open + 1;
        while (tagEnd < text.length && isIdentifier(text[tagEnd])) {
            tagEnd++;
        }
        boolean opens =
                tagEnd < text.length
                        && text[tagEnd] == '$'
                        && !isDigit(text[open + 1])
                        && (open == 0 || !isIdentifier(text[open - 1]));
        if (!opens) {
            return open + 1;
        }
        int tagLength = tagEnd + 1 - open;
        for (int i = tagEnd + 1; i + tagLength <= text.length; i++) {
            if (text[i] == '$' && sameBytes(text, open, i, tagLength)) {
                return i + tagLength;
            }
        }
        return text.length;
    }

    private static boolean sameBytes(byte[] text, int first, int second, int count) {
        for (int i = 0; i < count; i++) {
            if (text[first + i] != text[second + i]) {
                return false;
            }
        }
        return true;
    }

    private static int lineEnd(byte[] text, int from) {
        int i = from;
        while (i < text.length && text[i] != '\n' && text[i] != '\r') {
            i++;
        }
        return i;
    }

    private static int commentEnd(byte[] text, int open) {
        int depth = 0;
        int i = open;
        while (i < text.length) {
            if (startsWith(text, i, '/', '*')) {
                depth++;
                i += 2;
            } else if (startsWith(text, i, '*', '/')) {
                depth--;
                i += 2;
                if (depth == 0) {
                    return i;
                }
            } else {
                i++;
            }
        }
        return text.length;
    }

    private static boolean startsWith(byte[] text, int at, char first, char second) {
        return at + 1 < text.length && text[at] == first && text[at + 1] == second;
    }
}
