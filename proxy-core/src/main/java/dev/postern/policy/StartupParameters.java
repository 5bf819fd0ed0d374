package dev.postern.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which parameters of a StartupMessage may be forwarded: those an agent may also SET. {@code user},
 * {@code database} and {@code _pq_.…} are the protocol's own and not judged here.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-message-formats.html">PostgreSQL,
 *     StartupMessage</a>
 */
public final class StartupParameters {

    private static final Set<String> FALSE =
            Set.of("f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0");

    private StartupParameters() {}

    /**
     * Tells whether a parameter may be forwarded as it is. {@code options} passes if each setting
     * in it does; {@code replication} passes only as false.
     */
    public static boolean isAllowed(String name, String value) {
        String setting = name.toLowerCase(Locale.ROOT);
        return switch (setting) {
            case "options" -> optionsAllowed(value);
            case "replication" -> FALSE.contains(value.strip().toLowerCase(Locale.ROOT));
            default -> SettingList.INSTANCE.maySet(setting, List.of(value));
        };
    }

    private static boolean optionsAllowed(String options) {
        List<String> words = words(options);
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String assignment;
            if (word.equals("-c")) {
                if (++i == words.size()) {
                    return false;
                }
                assignment = words.get(i);
            } else if (word.startsWith("-c") || word.startsWith("--")) {
                assignment = word.substring(2);
            } else {
                return false;
            }
            int equals = assignment.indexOf('=');
            if (equals <= 0) {
                return false;
            }
            String name =
                    assignment.substring(0, equals).replace('-', '_').toLowerCase(Locale.ROOT);
            if (!SettingList.INSTANCE.maySet(name, List.of(assignment.substring(equals + 1)))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Splits as PostgreSQL's pg_split_opts does: at white space, a backslash takes the next
     * character as it is.
     */
    private static List<String> words(String options) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        for (int i = 0; i < options.length(); i++) {
            char c = options.charAt(i);
            if (c == ' ' || (c >= '\t' && c <= '\r')) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                inWord = true;
                if (c == '\\' && i + 1 < options.length()) {
                    i++;
                    c = options.charAt(i);
                }
                word.append(c);
            }
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
