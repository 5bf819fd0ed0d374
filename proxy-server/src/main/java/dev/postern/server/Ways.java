package dev.postern.server;

import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.config.UpstreamTlsConfig;
import dev.postern.server.tls.InvalidTlsFileException;
import dev.postern.server.tls.UpstreamTls;
import dev.postern.server.upstream.UpstreamWay;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The ways to the configured upstreams. Not for several threads. */
final class Ways {

    private final Map<String, UpstreamWay> ways = new LinkedHashMap<>();

    /**
     * Makes the way to an upstream. May block.
     *
     * @throws UnusableConfigurationException if a file of it cannot be used
     */
    UpstreamWay add(UpstreamConfig config) throws UnusableConfigurationException {
        UpstreamWay way = new UpstreamWay(tls(config.name(), config.tls()));
        ways.put(config.name(), way);
        return way;
    }

    /** Returns the way to an upstream that was added. */
    UpstreamWay to(UpstreamConfig config) {
        return Objects.requireNonNull(ways.get(config.name()));
    }

    /**
     * Reads the files of all ways again, for the connections from now on. May block.
     *
     * @throws UnusableConfigurationException naming the first that cannot be used; its way stays as
     *     it was
     */
    void refresh() throws UnusableConfigurationException {
        for (Map.Entry<String, UpstreamWay> way : ways.entrySet()) {
            try {
                way.getValue().tls().refresh();
            } catch (InvalidTlsFileException e) {
                throw unusable(way.getKey(), e);
            }
        }
    }

    private static UpstreamTls tls(String upstream, UpstreamTlsConfig config)
            throws UnusableConfigurationException {
        UpstreamTls.Settings settings =
                new UpstreamTls.Settings(
                        switch (config.mode()) {
                            case DISABLE -> UpstreamTls.Mode.DISABLE;
                            case REQUIRE -> UpstreamTls.Mode.REQUIRE;
                            case VERIFY_CA -> UpstreamTls.Mode.VERIFY_CA;
                            case VERIFY_FULL -> UpstreamTls.Mode.VERIFY_FULL;
                        },
                        config.ca(),
                        config.certificate(),
                        config.key(),
                        switch (config.channelBinding()) {
                            case DISABLE -> UpstreamTls.ChannelBinding.DISABLE;
                            case PREFER -> UpstreamTls.ChannelBinding.PREFER;
                            case REQUIRE -> UpstreamTls.ChannelBinding.REQUIRE;
                        });
        try {
            return UpstreamTls.load(settings);
        } catch (InvalidTlsFileException | IllegalArgumentException e) {
            throw unusable(upstream, e);
        }
    }

    private static UnusableConfigurationException unusable(String upstream, Exception e) {
        return new UnusableConfigurationException(
                "upstreams." + upstream + ".tls: " + e.getMessage());
    }
}
