package dev.postern.server.config;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Holds a document against the schema: every key known and written once, every value of its type,
 * everything required there. What passes can be read without further errors.
 */
final class SchemaCheck {

    /** A name fits a PostgreSQL role name, a metric label and a file name. */
    private static final Pattern CHOSEN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@-]{0,62}");

    /** What an error repeats of a key that is none. */
    private static final int SHOWN = 60;

    private final Problems problems;

    SchemaCheck(Problems problems) {
        this.problems = problems;
    }

    /** Tells whether a name may be given to an upstream, a policy or an agent. */
    static boolean isChosenName(String name) {
        return CHOSEN_NAME.matcher(name).matches();
    }

    void check(YamlNode document) {
        checkSection(document, Schema.ROOT, "");
    }

    private void checkSection(YamlNode node, Schema.Section section, String path) {
        Map<String, YamlNode> written = entries(node, path);
        written.forEach((name, value) -> {
            Schema child = section.children().get(name);
            if (child == null) {
                refuse(name, Schema.join(path, name), section);
            } else {
                checkChild(value, child, Schema.join(path, name));
            }
        });
        for (Schema child : section.children().values()) {
            if (child instanceof Schema.Leaf(Key<?> key)
                    && key.presence() instanceof Key.Presence.Required
                    && !written.containsKey(key.name())) {
                problems.add(
                        Schema.join(path, key.name()),
                        "missing; it is required: " + key.description());
            }
        }
    }

    private void checkChild(YamlNode value, Schema schema, String path) {
        switch (schema) {
            case Schema.Section section -> checkSection(value, section, path);
            case Schema.Named named -> checkNamed(value, named, path);
            case Schema.Leaf(Key<?> key) -> {
                try {
                    key.type().read(value);
                } catch (ValueType.Malformed e) {
                    problems.add(value.line(), path, e.problem());
                }
            }
        }
    }

    private void checkNamed(YamlNode value, Schema.Named named, String path) {
        entries(value, path)
                .forEach((name, entry) -> {
                    String entryPath = Schema.join(path, shown(name));
                    if (isChosenName(name)) {
                        checkSection(entry, named.entry(), entryPath);
                    } else {
                        problems.add(
                                entryPath,
                                "a name has 1 to 63 of the characters A-Z a-z 0-9 _ . @ - and begins with a letter, a digit or _");
                    }
                });
    }

    private void refuse(String name, String path, Schema.Section section) {
        String later = Schema.later(Schema.join(section.path(), name));
        if (later != null) {
            problems.add(path, "this version of Postern does not have this key (" + later + ")");
        } else {
            String suggestion = NearestName.suggestion(name, section.children().keySet());
            problems.add(
                    Schema.join(
                            path.substring(0, path.length() - name.length()).replaceAll("\\.$", ""),
                            shown(name)),
                    "unknown key"
                            + (suggestion.isEmpty()
                                    ? "; known here: "
                                            + String.join(", ", section.children().keySet())
                                    : suggestion));
        }
    }

    /** Returns a section's entries by name; a section without any text is an empty one. */
    private Map<String, YamlNode> entries(YamlNode node, String path) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        switch (node) {
            case YamlNode.Mapping mapping -> {
                Map<String, Integer> first = new HashMap<>();
                for (YamlNode.Entry entry : mapping.entries()) {
                    String name = entry.key().text();
                    Integer before = first.putIfAbsent(name, entry.key().line());
                    if (before == null) {
                        entries.put(name, entry.value());
                        problems.locate(Schema.join(path, shown(name)), entry.key().line());
                    } else {
                        problems.add(
                                entry.key().line(),
                                Schema.join(path, shown(name)),
                                "written twice, first on line " + before);
                    }
                }
            }
            case YamlNode.Scalar scalar when scalar.isNull() -> {}
            case YamlNode.Scalar scalar -> notMapping(scalar, path);
            case YamlNode.Sequence sequence -> notMapping(sequence, path);
        }
        return entries;
    }

    private void notMapping(YamlNode node, String path) {
        problems.add(
                node.line(),
                path,
                path.isEmpty()
                        ? "a configuration is a mapping of keys to values"
                        : "must be a section with keys of its own");
    }

    private static String shown(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", " ");
        return printable.length() > SHOWN ? printable.substring(0, SHOWN) + "…" : printable;
    }
}
