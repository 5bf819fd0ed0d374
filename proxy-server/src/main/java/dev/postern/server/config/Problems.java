package dev.postern.server.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong with a file, and knows on which line each key stands. */
final class Problems {

    /** A file of another kind has thousands; nobody reads more than these. */
    private static final int MAX = 50;

    private final String source;
    private final Map<String, Integer> lines = new HashMap<>();
    private final List<Problem> found = new ArrayList<>();

    Problems(String source) {
        this.source = source;
    }

    /** Notes where a key stands. */
    void locate(String keyPath, int line) {
        lines.put(keyPath, line);
    }

    void add(int line, String keyPath, String message) {
        if (found.size() < MAX) {
            found.add(new Problem(source, line, keyPath, message));
        }
    }

    /** Adds a problem where the key stands, or its nearest section if the key is not written. */
    void add(String keyPath, String message) {
        String place = keyPath;
        while (!lines.containsKey(place) && place.contains(".")) {
            place = place.substring(0, place.lastIndexOf('.'));
        }
        add(lines.getOrDefault(place, 0), keyPath, message);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Throws what was found, if anything was. */
    void throwIfAny() throws InvalidConfigurationException {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(Problem::line));
            throw new InvalidConfigurationException(found);
        }
    }
}
