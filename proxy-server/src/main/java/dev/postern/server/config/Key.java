package dev.postern.server.config;

import org.jspecify.annotations.Nullable;

/**
 * One key that the configuration may hold. {@link Keys} has them all; the reader, the records and
 * the reference document take what they know of a key from here.
 *
 * @param path sections and name, {@code upstreams.<name>.tls.mode}; {@code <name>} stands for a
 *     name the user chooses
 * @param type what its value may be
 * @param presence what it means that the key is not written
 * @param description one sentence for errors and the reference
 */
record Key<T>(String path, ValueType<T> type, Presence presence, String description) {

    /** What it means that a key is not written. */
    sealed interface Presence {

        /** The key must be written. */
        record Required() implements Presence {}

        /** As if this was written. */
        record Default(String text) implements Presence {}

        /** There is no value; {@code meaning} says in words what happens then. */
        record Absent(String meaning) implements Presence {}
    }

    static <T> Key<T> required(String path, ValueType<T> type, String description) {
        return new Key<>(path, type, new Presence.Required(), description);
    }

    static <T> Key<T> of(String path, ValueType<T> type, String text, String description) {
        return new Key<>(path, type, new Presence.Default(text), description);
    }

    static <T> Key<T> optional(String path, ValueType<T> type, String meaning, String description) {
        return new Key<>(path, type, new Presence.Absent(meaning), description);
    }

    /** The path of the section it stands in; empty for the top level. */
    String section() {
        int dot = path.lastIndexOf('.');
        return dot < 0 ? "" : path.substring(0, dot);
    }

    /** The last part of the path. */
    String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /**
     * Checks a value's bounds and returns it: for the compact constructors of records.
     *
     * @throws InvalidValueException naming this key
     */
    T check(T value) {
        String wrong = type.violation().apply(value);
        if (wrong != null) {
            throw new InvalidValueException(name(), wrong);
        }
        return value;
    }

    /** Like {@link #check}, for a value that may be absent. */
    @Nullable T checkIfPresent(@Nullable T value) {
        return value == null ? null : check(value);
    }
}
