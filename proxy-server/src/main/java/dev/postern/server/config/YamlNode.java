package dev.postern.server.config;

import java.util.List;

/**
 * A piece of a YAML document that remembers where it stands. Scalars keep the text they were
 * written as: types are ours to decide.
 */
sealed interface YamlNode {

    /** The line it starts on, counted from 1. */
    int line();

    /**
     * A single value.
     *
     * @param text without quotes
     * @param plain true if it was written without quotes
     */
    record Scalar(String text, boolean plain, int line) implements YamlNode {

        /** Tells whether nothing was written, or YAML's words for nothing. */
        boolean isNull() {
            return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
        }
    }

    /** Keys with their values, in order; keys may repeat. */
    record Mapping(List<Entry> entries, int line) implements YamlNode {}

    /** One key with its value. */
    record Entry(Scalar key, YamlNode value) {}

    /** A list. */
    record Sequence(List<YamlNode> elements, int line) implements YamlNode {}
}
