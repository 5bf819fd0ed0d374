package dev.postern.server.catalog;

import java.util.HashMap;
import java.util.Map;

/** Keeps one of those that are equal. A catalog has the same names and lists over and over. */
final class Interner {

    private final Map<Object, Object> known = new HashMap<>();

    @SuppressWarnings("unchecked") // equal objects of the classes used here are of one class
    <T> T one(T value) {
        Object same = known.putIfAbsent(value, value);
        return same == null ? value : (T) same;
    }
}
