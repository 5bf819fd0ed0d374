package dev.postern.server.catalog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The body of a function in standard SQL, {@code RETURN expression} or {@code BEGIN ATOMIC … END},
 * as {@code pg_get_function_sqlbody} prints it with {@code standard_conforming_strings} on.
 *
 * <p>Between {@code BEGIN ATOMIC} and {@code END} are statements that a text of its own may have,
 * each with its semicolon, but for {@code RETURN}, which stands for SELECT. Only where a statement
 * begins must be found for that. What is printed has no comments, no dollar quotes and no nested
 * blocks.
 */
final class SqlBody {

    private static final String BEGIN = "BEGIN ATOMIC\n";
    private static final String END = "END";
    private static final Pattern RETURN = Pattern.compile("\\s*RETURN(?![\\w$\\x80-\\uffff])");
    private static final String SELECT = "SELECT";

    private SqlBody() {}

    /**
     * Returns the statements as a text that PostgreSQL's grammar reads, {@link
     * PrintedTexts#UNREADABLE} if the body is not in the form that is expected.
     */
    static String statements(String printed) {
        if (printed.startsWith(BEGIN) && printed.endsWith(END)) {
            return block(printed.substring(BEGIN.length(), printed.length() - END.length()));
        }
        Matcher matcher = RETURN.matcher(printed);
        return matcher.lookingAt() && endOfStatement(printed, 0) < 0
                ? SELECT + printed.substring(matcher.end())
                : PrintedTexts.UNREADABLE;
    }

    private static String block(String body) {
        StringBuilder text = new StringBuilder(body.length());
        Matcher matcher = RETURN.matcher(body);
        int at = 0;
        while (!isBlank(body, at)) {
            int end = endOfStatement(body, at);
            if (end < 0) {
                return PrintedTexts.UNREADABLE;
            }
            if (matcher.region(at, end).lookingAt()) {
                text.append(SELECT).append(body, matcher.end(), end);
            } else {
                text.append(body, at, end);
            }
            text.append(";\n");
            at = end + 1;
        }
        return text.toString();
    }

    private static boolean isBlank(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at == text.length();
    }

    /** Returns where the first semicolon outside of quotes is, less than 0 if there is none. */
    private static int endOfStatement(String text, int from) {
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == ';') {
                return at;
            }
            if (c == '\'' || c == '"') {
                boolean escapes = c == '\'' && at > 0 && text.charAt(at - 1) == 'E';
                at = closingQuote(text, at, escapes);
                if (at < 0) {
                    return -1;
                }
            }
        }
        return -1;
    }

    /** A doubled quote stands for one. */
    private static int closingQuote(String text, int opening, boolean escapes) {
        for (int at = opening + 1; at < text.length(); at++) {
            char c = text.charAt(at);
            if (escapes && c == '\\') {
                at++;
            } else if (c == text.charAt(opening)) {
                if (!text.startsWith(String.valueOf(c), at + 1)) {
                    return at;
                }
                at++;
            }
        }
        return -1;
    }
}
