package dev.postern.server.upstream;

import dev.postern.server.tls.UpstreamTls;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How the hosts of one upstream are reached: the same for sessions, for cancel requests and for
 * Postern's own connections. Safe for use by any thread.
 *
 * <p>pgjdbc makes its sockets by classes that it knows by name only and hands them its properties;
 * so each way has a name, under which they find it.
 */
public final class UpstreamWay {

    private static final String PROPERTY = "postern.way";
    private static final Cleaner CLEANER = Cleaner.create();
    private static final Map<String, WeakReference<UpstreamWay>> WAYS = new ConcurrentHashMap<>();

    /** To the host itself, without TLS. */
    public static final UpstreamWay PLAIN = new UpstreamWay(UpstreamTls.disabled());

    private final String id = UUID.randomUUID().toString();
    private final UpstreamTls tls;

    /**
     * Makes a way.
     *
     * @param tls how connections are protected
     */
    public UpstreamWay(UpstreamTls tls) {
        this.tls = tls;
        register(id, this);
    }

    private static void register(String id, UpstreamWay way) {
        WAYS.put(id, new WeakReference<>(way));
        CLEANER.register(way, () -> WAYS.remove(id));
    }

    /** Returns how connections are protected. */
    public UpstreamTls tls() {
        return tls;
    }

    /** Tells pgjdbc to take this way. */
    void addTo(Properties properties) {
        properties.setProperty(PROPERTY, id);
        properties.setProperty(
                "sslmode",
                switch (tls.mode()) {
                    case DISABLE -> "disable";
                    case REQUIRE -> "require";
                    case VERIFY_CA -> "verify-ca";
                    case VERIFY_FULL -> "verify-full";
                });
        if (tls.mode() != UpstreamTls.Mode.DISABLE) {
            properties.setProperty("sslfactory", JdbcTlsSockets.class.getName());
        }
        properties.setProperty(
                "channelBinding",
                switch (tls.channelBinding()) {
                    case DISABLE -> "disable";
                    case PREFER -> "prefer";
                    case REQUIRE -> "require";
                });
    }

    /**
     * Returns the way that pgjdbc was told to take.
     *
     * @throws IllegalArgumentException if it was told of none that is in use
     */
    static UpstreamWay of(Properties properties) {
        String id = properties.getProperty(PROPERTY);
        WeakReference<UpstreamWay> reference = id == null ? null : WAYS.get(id);
        @Nullable UpstreamWay way = reference == null ? null : reference.get();
        if (way == null) {
            throw new IllegalArgumentException("no way to an upstream: " + id);
        }
        return way;
    }
}
