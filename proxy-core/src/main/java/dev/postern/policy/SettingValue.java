package dev.postern.policy;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which values a setting may take. */
sealed interface SettingValue {

    /** Tells whether a list of values, one element a list element, may be set. */
    boolean accepts(List<String> values);

    /** Says in words what may be set. */
    String words();

    /** Reads the column {@code values} of {@code settings.tsv}. */
    static SettingValue parse(String column) {
        if (column.startsWith("memory<=")) {
            return new Memory(Long.parseLong(column.substring("memory<=".length())));
        }
        if (column.startsWith("number<=")) {
            return new AtMost(Double.parseDouble(column.substring("number<=".length())));
        }
        return switch (column) {
            case "any" -> new Any();
            case "nothing" -> new Nothing();
            case "on" -> new On();
            case "utf8" -> new Utf8Name();
            case "search_path" -> new SearchPath();
            default -> new Word(column);
        };
    }

    /** Anything PostgreSQL accepts. */
    record Any() implements SettingValue {

        @Override
        public boolean accepts(List<String> values) {
            return true;
        }

        @Override
        public String words() {
            return "any value";
        }
    }

    /** No value: the setting can only go back to what the session began with. */
    record Nothing() implements SettingValue {

        @Override
        public boolean accepts(List<String> values) {
            return false;
        }

        @Override
        public String words() {
            return "only to be reset";
        }
    }

    /**
     * The ways PostgreSQL reads true: prefixes of {@code true} and {@code yes}, {@code on}, {@code
     * 1}.
     */
    record On() implements SettingValue {

        private static final Set<String> TRUE =
                Set.of("t", "tr", "tru", "true", "y", "ye", "yes", "on", "1");

        @Override
        public boolean accepts(List<String> values) {
            return values.size() == 1
                    && TRUE.contains(values.get(0).strip().toLowerCase(Locale.ROOT));
        }

        @Override
        public String words() {
            return "on";
        }
    }

    /** The ways PostgreSQL reads the name of UTF-8: letters and digits alone count. */
    record Utf8Name() implements SettingValue {

        @Override
        public boolean accepts(List<String> values) {
            if (values.size() != 1) {
                return false;
            }
            StringBuilder letters = new StringBuilder();
            for (char c : values.get(0).toCharArray()) {
                if (c >= 'A' && c <= 'Z') {
                    letters.append((char) (c + ('a' - 'A')));
                } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
                    letters.append(c);
                } else if (c > 0x7F) {
                    return false;
                }
            }
            return letters.toString().equals("utf8") || letters.toString().equals("unicode");
        }

        @Override
        public String words() {
            return "UTF8";
        }
    }

    /**
     * A list of schemas that leaves {@code pg_catalog} first, where it is if it is not named, and
     * has no {@code pg_temp}: otherwise what {@code lower} or {@code =} mean would be the schema's
     * affair.
     */
    record SearchPath() implements SettingValue {

        @Override
        public boolean accepts(List<String> values) {
            int index = 0;
            for (String value : values) {
                for (String part : value.split(",", -1)) {
                    String schema = part.strip().replace("\"", "").strip().toLowerCase(Locale.ROOT);
                    if (schema.startsWith("pg_temp") || schema.startsWith("pg_toast_temp")) {
                        return false;
                    }
                    if (schema.equals("pg_catalog") && index > 0) {
                        return false;
                    }
                    index++;
                }
            }
            return true;
        }

        @Override
        public String words() {
            return "a list without pg_temp, with pg_catalog left out or first";
        }
    }

    /**
     * An amount of memory.
     *
     * @param kilobytes the most that may be set
     */
    record Memory(long kilobytes) implements SettingValue {

        @Override
        public boolean accepts(List<String> values) {
            if (values.size() != 1) {
                return false;
            }
            String value = values.get(0).strip();
            int digits = 0;
            while (digits < value.length()
                    && value.charAt(digits) >= '0'
                    && value.charAt(digits) <= '9') {
                digits++;
            }
            if (digits == 0 || digits > 12) {
                return false;
            }
            long number = Long.parseLong(value.substring(0, digits));
            long inKilobytes =
                    switch (value.substring(digits).strip()) {
                        case "", "kB" -> number;
                        case "B" -> number / 1024;
                        case "MB" -> number * 1024;
                        case "GB" -> number * 1024 * 1024;
                        default -> Long.MAX_VALUE;
                    };
            return inKilobytes <= kilobytes;
        }

        @Override
        public String words() {
            return "up to " + kilobytes / 1024 + "MB";
        }
    }

    /**
     * A number.
     *
     * @param most the most that may be set
     */
    record AtMost(double most) implements SettingValue {

        @Override
        public boolean accepts(List<String> values) {
            try {
                return values.size() == 1 && Double.parseDouble(values.get(0).strip()) <= most;
            } catch (NumberFormatException e) {
                return false;
            }
        }

        @Override
        public String words() {
            return "a number up to "
                    + (most == Math.rint(most)
                            ? Long.toString((long) most)
                            : Double.toString(most));
        }
    }

    /** One word. */
    record Word(String word) implements SettingValue {

        @Override
        public boolean accepts(List<String> values) {
            return values.size() == 1
                    && values.get(0).strip().toLowerCase(Locale.ROOT).equals(word);
        }

        @Override
        public String words() {
            return word;
        }
    }
}
