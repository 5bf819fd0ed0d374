package dev.postern.audit;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was computed for an object, kept by the object's identity in a fixed number of places, four
 * of which an object may take: a newcomer takes the place of whoever was there. For one thread.
 */
final class IdentityTable<K, V> {

    private static final int SETS = 512;
    private static final int WAYS = 4;

    private final Function<K, V> compute;
    private final @Nullable Object[] keys = new @Nullable Object[SETS * WAYS];
    private final @Nullable Object[] values = new @Nullable Object[SETS * WAYS];
    private int victim;

    IdentityTable(Function<K, V> compute) {
        this.compute = compute;
    }

    @SuppressWarnings({"unchecked", "ReferenceEquality"})
    V get(K key) {
        int set = (System.identityHashCode(key) & (SETS - 1)) * WAYS;
        for (int place = set; place < set + WAYS; place++) {
            Object value = values[place];
            if (keys[place] == key && value != null) {
                return (V) value;
            }
        }
        V computed = compute.apply(key);
        int place = set + (victim++ & (WAYS - 1));
        keys[place] = key;
        values[place] = computed;
        return computed;
    }
}
