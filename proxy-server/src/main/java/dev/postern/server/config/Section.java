package dev.postern.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A section of a document that {@link SchemaCheck} has passed: reads values by key.
 *
 * @param schema what it is
 * @param path where it is, with the names that were chosen
 * @param node what is written; {@code null} if the section is not
 * @param directory what paths are relative to
 */
record Section(
        Schema.Section schema, String path, YamlNode.@Nullable Mapping node, Path directory) {

    /** Returns the value of a key that is required or has a default. */
    <T> T get(Key<T> key) {
        T value = find(key);
        if (value != null) {
            return value;
        }
        return switch (key.presence()) {
            case Key.Presence.Default(String text) -> read(key, new YamlNode.Scalar(text, true, 0));
            case Key.Presence.Required required ->
                    throw new IllegalStateException("unchecked: " + key.path() + " " + required);
            case Key.Presence.Absent absent ->
                    throw new IllegalStateException("may be absent: " + key.path() + " " + absent);
        };
    }

    /** Returns the value that is written for a key, {@code null} if none is. */
    <T> @Nullable T find(Key<T> key) {
        YamlNode value = child(key);
        return value == null ? null : read(key, value);
    }

    /** Like {@link #get}, resolved against the file's directory. */
    Path getPath(Key<Path> key) {
        return directory.resolve(get(key)).normalize();
    }

    /** Like {@link #find}, resolved against the file's directory. */
    @Nullable Path findPath(Key<Path> key) {
        Path path = find(key);
        return path == null ? null : directory.resolve(path).normalize();
    }

    /** Tells whether anything is written for the section. */
    boolean isPresent() {
        return node != null;
    }

    /** Returns a section below this one. */
    Section section(String name) {
        if (schema.children().get(name) instanceof Schema.Section child) {
            return new Section(child, Schema.join(path, name), mapping(value(name)), directory);
        }
        throw new IllegalStateException("no section: " + Schema.join(schema.path(), name));
    }

    /** Returns the sections of a section with chosen names, in order. */
    List<Section> named(String name) {
        if (!(schema.children().get(name) instanceof Schema.Named named)) {
            throw new IllegalStateException(
                    "no named sections: " + Schema.join(schema.path(), name));
        }
        List<Section> sections = new ArrayList<>();
        YamlNode.Mapping mapping = mapping(value(name));
        if (mapping != null) {
            for (YamlNode.Entry entry : mapping.entries()) {
                sections.add(
                        new Section(
                                named.entry(),
                                named.path() + "." + entry.key().text(),
                                mapping(entry.value()),
                                directory));
            }
        }
        return sections;
    }

    /** Returns the chosen name of one of {@link #named}. */
    String name(String parent) {
        return path.substring(parent.length() + 1);
    }

    private @Nullable YamlNode child(Key<?> key) {
        if (!key.section().equals(schema.path())) {
            throw new IllegalStateException(key.path() + " is not in " + schema.path());
        }
        return value(key.name());
    }

    private @Nullable YamlNode value(String name) {
        if (node != null) {
            for (YamlNode.Entry entry : node.entries()) {
                if (entry.key().text().equals(name)) {
                    return entry.value();
                }
            }
        }
        return null;
    }

    private static YamlNode.@Nullable Mapping mapping(@Nullable YamlNode node) {
        return node instanceof YamlNode.Mapping mapping ? mapping : null;
    }

    private static <T> T read(Key<T> key, YamlNode value) {
        try {
            return key.type().read(value);
        } catch (ValueType.Malformed e) {
            throw new IllegalStateException("unchecked: " + key.path(), e);
        }
    }
}
