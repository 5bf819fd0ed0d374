package dev.postern.audit;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was computed for an object, kept by the object's identity in a fixed number of places: a
 * newcomer simply takes the place of whoever was there. For one thread.
 */
final class IdentityTable<K, V> {

    private static final int PLACES = 1024;

    private final Function<K, V> compute;
    private final @Nullable Object[] keys = new @Nullable Object[PLACES];
    private final @Nullable Object[] values = new @Nullable Object[PLACES];

    IdentityTable(Function<K, V> compute) {
        this.compute = compute;
    }

    @SuppressWarnings({"unchecked", "ReferenceEquality"})
    V get(K key) {
        int place = System.identityHashCode(key) & (PLACES - 1);
        Object value = values[place];
        if (keys[place] == key && value != null) {
            return (V) value;
        }
        V computed = compute.apply(key);
        keys[place] = key;
        values[place] = computed;
        return computed;
    }
}
