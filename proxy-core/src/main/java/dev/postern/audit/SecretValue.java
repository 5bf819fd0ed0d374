package dev.postern.audit;

/** Where in a text a secret stands: from inclusive, to exclusive. */
record SecretValue(int from, int to) {

    static final SecretValue NONE = new SecretValue(0, 0);

    /**
     * Finds the value that belongs to a word like {@code password}.
     *
     * @param wordEnd where the word ends
     * @param place what the word stands in
     */
    static SecretValue after(byte[] text, int wordEnd, SqlScan.Place place) {
        int i = wordEnd;
        if (i < text.length && text[i] == '"') {
            i++;
        }
        i = SqlScan.skipSpace(text, i);
        int operator = i;
        while (i < text.length && isOperator(text[i])) {
            i++;
        }
        boolean assigned = i > operator;
        i = skipStringPrefix(text, SqlScan.skipSpace(text, i));
        if (i >= text.length) {
            return NONE;
        }
        return switch (place) {
            case CODE -> literal(text, i);
            case STRING -> valueInString(text, i, assigned);
            case VERBATIM ->
                    run(text, i, (byte) '\'') == 1
                            ? literal(text, i)
                            : valueInString(text, i, assigned);
        };
    }

    /**
     * Finds the password of a URI.
     *
     * @param authority where the part after {@code ://} begins
     */
    static SecretValue inUri(byte[] text, int authority) {
        int end = unquotedEnd(text, authority);
        int at = end - 1;
        while (at > authority && text[at] != '@') {
            at--;
        }
        int colon = authority;
        while (colon < at && text[colon] != ':') {
            colon++;
        }
        return colon < at ? new SecretValue(colon + 1, at) : NONE;
    }

    /** The string constant that starts here in SQL, if one does. */
    private static SecretValue literal(byte[] text, int i) {
        if (text[i] != '\'' && text[i] != '$') {
            return NONE;
        }
        int end = SqlScan.elementEnd(text, i);
        boolean closed = end > i + 1 && text[end - 1] == text[i];
        return new SecretValue(i + 1, closed ? end - 1 : end);
    }

    /** The value in a connection string or SQL inside a string. */
    private static SecretValue valueInString(byte[] text, int i, boolean assigned) {
        int quotes = run(text, i, (byte) '\'');
        if (quotes == 1) {
            return assigned ? concatenated(text, i + 1) : NONE;
        }
        if (quotes > 0) {
            return new SecretValue(
                    i + quotes, quotes == 2 ? indexOf(text, i + 2, "''") : text.length);
        }
        if (text[i] == '\\') {
            return new SecretValue(i + 1, text.length);
        }
        return unquoted(text, i, assigned);
    }

    /** The value in a connection string or a JSON text. */
    private static SecretValue unquoted(byte[] text, int i, boolean assigned) {
        if (text[i] == '"') {
            return new SecretValue(i + 1, indexOf(text, i + 1, "\""));
        }
        return assigned || text[i] == '$' ? new SecretValue(i, unquotedEnd(text, i)) : NONE;
    }

    /** {@code 'password=' || 'secret'}. */
    private static SecretValue concatenated(byte[] text, int from) {
        int i = SqlScan.skipSpace(text, from);
        if (run(text, i, (byte) '|') == 2) {
            i = skipStringPrefix(text, SqlScan.skipSpace(text, i + 2));
        }
        return i < text.length ? literal(text, i) : NONE;
    }

    private static int skipStringPrefix(byte[] text, int i) {
        if (i + 1 < text.length && text[i + 1] == '\'' && "EeNnBbXx".indexOf(text[i]) >= 0) {
            return i + 1;
        }
        boolean unicode = i + 2 < text.length && text[i + 2] == '\'' && text[i + 1] == '&';
        return unicode && (text[i] | 0x20) == 'u' ? i + 2 : i;
    }

    private static boolean isOperator(byte b) {
        return "=:<>!~".indexOf(b) >= 0;
    }

    private static int unquotedEnd(byte[] text, int from) {
        int i = from;
        while (i < text.length && !SqlScan.isSpace(text[i]) && text[i] != '\'' && text[i] != '"') {
            i++;
        }
        return i;
    }

    private static int run(byte[] text, int from, byte what) {
        int i = from;
        while (i < text.length && text[i] == what) {
            i++;
        }
        return i - from;
    }

    /** Returns where {@code what} next stands, the end of the text if nowhere. */
    private static int indexOf(byte[] text, int from, String what) {
        for (int i = from; i + what.length() <= text.length; i++) {
            if (text[i] == what.charAt(0)
                    && text[i + what.length() - 1] == what.charAt(what.length() - 1)) {
                return i;
            }
        }
        return text.length;
    }
}
