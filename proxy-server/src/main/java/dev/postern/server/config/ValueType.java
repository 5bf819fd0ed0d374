package dev.postern.server.config;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a key's value may be.
 *
 * @param form the accepted form in words, for errors and the reference: {@code a duration such as
 *     30s}
 * @param reader turns a node into a value, or throws {@link Malformed}
 * @param violation says what is wrong with a value of the right type that is out of bounds, {@code
 *     null} if nothing is
 * @param secret true if an error must not repeat the value
 */
record ValueType<T>(
        String form,
        NodeReader<T> reader,
        Function<T, @Nullable String> violation,
        boolean secret) {

    /** A node is not of the type. The problem completes "x: …" and may be shown. */
    static final class Malformed extends Exception {

        private final String problem;

        Malformed(String problem) {
            super(problem);
            this.problem = problem;
        }

        String problem() {
            return problem;
        }
    }

    @FunctionalInterface
    interface NodeReader<T> {
        T read(YamlNode node) throws Malformed;
    }

    /** Reads a node, checking bounds as well. */
    T read(YamlNode node) throws Malformed {
        T value = reader.read(node);
        String wrong = violation.apply(value);
        if (wrong != null) {
            throw new Malformed(wrong);
        }
        return value;
    }
}
