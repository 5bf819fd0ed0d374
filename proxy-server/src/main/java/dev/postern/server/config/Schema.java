package dev.postern.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of {@link Keys} as the tree they form in a file. */
sealed interface Schema {

    /** A section with keys of its own; {@code path} is empty for the whole file. */
    record Section(String path, Map<String, Schema> children) implements Schema {}

    /** A section whose keys are names the user chooses; each has the same keys below it. */
    record Named(String path, Section entry) implements Schema {}

    /** A key with a value. */
    record Leaf(Key<?> key) implements Schema {}

    /** What stands for a chosen name in the path of a key. */
    String NAME = "<name>";

    /** The whole file. */
    Section ROOT = build();

    private static Section build() {
        Section root = new Section("", new LinkedHashMap<>());
        for (Key<?> key : Keys.ALL) {
            Section section = root;
            String[] parts = key.path().split("\\.", -1);
            for (int i = 0; i < parts.length - 1; i++) {
                String path = join(section.path(), parts[i]);
                if (parts[i + 1].equals(NAME)) {
                    Schema named =
                            section.children()
                                    .computeIfAbsent(
                                            parts[i],
                                            part ->
                                                    new Named(
                                                            path,
                                                            new Section(
                                                                    join(path, NAME),
                                                                    new LinkedHashMap<>())));
                    section = ((Named) named).entry();
                    i++;
                } else {
                    Schema child =
                            section.children()
                                    .computeIfAbsent(
                                            parts[i],
                                            part -> new Section(path, new LinkedHashMap<>()));
                    section = (Section) child;
                }
            }
            section.children().put(parts[parts.length - 1], new Leaf(key));
        }
        return root;
    }

    /** Joins two parts of a path. */
    static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /** Returns what this version lacks if the path is of a later one, {@code null} otherwise. */
    static @Nullable String later(String path) {
        return LaterKeys.MEANINGS.get(path);
    }
}
