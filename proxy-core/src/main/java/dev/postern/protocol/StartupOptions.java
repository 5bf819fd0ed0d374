package dev.postern.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The startup parameter {@code options}: the command line of a backend, as libpq's PGOPTIONS gives
 * it. Only the switches that set a run-time parameter are read, {@code -c name=value} and {@code
 * --name=value}.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-OPTIONS">PostgreSQL,
 *     "Parameter Key Words"</a>
 */
public final class StartupOptions {

    private StartupOptions() {}

    /**
     * Reads options.
     *
     * @return parameters in their order, names folded to lower case with hyphens as underscores,
     *     the last value of each; {@code null} if there is any other switch, or one without a name
     *     and value
     */
    public static @Nullable Map<String, String> parse(String options) {
        Map<String, String> settings = new LinkedHashMap<>();
        List<String> words = split(options);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String assignment;
            if (word.equals("-c")) {
                i++;
                assignment = i < words.size() ? words.get(i) : "";
            } else if (word.startsWith("-c") || word.startsWith("--")) {
                assignment = word.substring(2);
            } else {
                return null;
            }
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                return null;
            }
            settings.put(
                    assignment.substring(0, equals).replace('-', '_').toLowerCase(Locale.ROOT),
                    assignment.substring(equals + 1));
        }
        return settings;
    }

    /**
     * Splits at white space, of which a backslash takes the meaning away, as {@code pg_split_opts}
     * does.
     */
    private static List<String> split(String options) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < options.length(); i++) {
            char c = options.charAt(i);
            if (c == '\\') {
                inWord = true;
                i++;
                if (i < options.length()) {
                    word.append(options.charAt(i));
                }
            } else if (isSpace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                inWord = true;
                word.append(c);
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || (c >= '\t' && c <= '\r');
    }
}
