package dev.postern.server.pool;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.postern.server.upstream.UpstreamConnection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server has reported of its settings. Connections of a pool that report the same share one,
 * so that a session that goes from one to another seldom has to compare them.
 */
final class Reported {

    private final Map<String, String> values;
    private final boolean inHotStandby;

    private Reported(Map<String, String> values) {
        Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sorted.putAll(values);
        this.values = Collections.unmodifiableMap(sorted);
        this.inHotStandby = "on".equals(values.get(UpstreamConnection.IN_HOT_STANDBY));
    }

    /** Returns them in the order in which the server lists settings. */
    Map<String, String> values() {
        return values;
    }

    /** Tells whether the server says that it is a hot standby. */
    boolean inHotStandby() {
        return inHotStandby;
    }

    /**
     * Those of one pool; used on its event loop. One that was forgotten is made again: it is then
     * compared once more than it need be.
     */
    static final class Shared {

        private static final int MOST = 1_000;

        private final Cache<Map<String, String>, Reported> known =
                Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

        Reported of(Map<String, String> values) {
            return known.get(Map.copyOf(values), Reported::new);
        }

        /** Returns what it is after one more report. */
        Reported with(Reported before, String name, String value) {
            if (value.equals(before.values.get(name))) {
                return before;
            }
            Map<String, String> after = new HashMap<>(before.values);
            after.put(name, value);
            return of(after);
        }
    }
}
