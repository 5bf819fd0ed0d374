package dev.postern.server.upstream;

import dev.postern.server.ssh.SshTunnel;
import dev.postern.server.tls.UpstreamTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.NoopAddressResolverGroup;
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
    public static final UpstreamWay PLAIN = new UpstreamWay(UpstreamTls.disabled(), null);

    private final String id = UUID.randomUUID().toString();
    private final UpstreamTls tls;
    private final @Nullable SshTunnel tunnel;

    /**
     * Makes a way.
     *
     * @param tls how connections are protected, the tunnel's own protection aside
     * @param tunnel what they go through, not owned; {@code null}: to the hosts themselves
     */
    public UpstreamWay(UpstreamTls tls, @Nullable SshTunnel tunnel) {
        this.tls = tls;
        this.tunnel = tunnel;
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

    /** Returns what connections go through; {@code null}: to the hosts themselves. */
    @Nullable SshTunnel tunnel() {
        return tunnel;
    }

    /**
     * Returns what makes the channels of connections.
     *
     * @param direct makes those to the hosts themselves
     */
    ChannelFactory<? extends Channel> channels(ChannelFactory<? extends Channel> direct) {
        SshTunnel through = tunnel;
        return through == null ? direct : () -> new TunnelChannel(through);
    }

    /** Returns what resolves hosts' names: at the end of a tunnel, that is the SSH server. */
    AddressResolverGroup<?> resolver() {
        return tunnel == null ? BackgroundResolver.INSTANCE : NoopAddressResolverGroup.INSTANCE;
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
        if (tunnel != null) {
            properties.setProperty("socketFactory", JdbcTunnelSockets.class.getName());
        }
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
