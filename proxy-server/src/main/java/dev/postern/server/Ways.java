package dev.postern.server;

import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.SecretReference;
import dev.postern.server.config.SshConfig;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.config.UpstreamTlsConfig;
import dev.postern.server.secrets.SecretResolver;
import dev.postern.server.secrets.SecretUnavailableException;
import dev.postern.server.ssh.HostKeys;
import dev.postern.server.ssh.SshSettings;
import dev.postern.server.ssh.SshTunnel;
import dev.postern.server.ssh.TunnelException;
import dev.postern.server.tls.InvalidTlsFileException;
import dev.postern.server.tls.KeyFiles;
import dev.postern.server.tls.UpstreamTls;
import dev.postern.server.upstream.UpstreamWay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The ways to the configured upstreams, with their tunnels. Not for several threads. */
final class Ways implements AutoCloseable {

    private final SecretResolver secrets;
    private final LongSupplier nanoTime;
    private final Map<String, UpstreamWay> ways = new LinkedHashMap<>();
    private final List<SshTunnel> tunnels = new ArrayList<>();

    Ways(SecretResolver secrets, LongSupplier nanoTime) {
        this.secrets = secrets;
        this.nanoTime = nanoTime;
    }

    /**
     * Makes the way to an upstream. May block.
     *
     * @throws UnusableConfigurationException if a file or a secret of it cannot be used
     */
    UpstreamWay add(UpstreamConfig config) throws UnusableConfigurationException {
        String name = config.name();
        UpstreamTls tls = tls("upstreams." + name + ".tls", config.tls());
        SshConfig ssh = config.ssh();
        UpstreamWay way = new UpstreamWay(tls, ssh == null ? null : tunnel(name, ssh));
        ways.put(name, way);
        return way;
    }

    /**
     * Returns the way to an upstream, made at the first call. May block.
     *
     * @throws UnusableConfigurationException if a file or a secret of it cannot be used
     */
    UpstreamWay of(UpstreamConfig config) throws UnusableConfigurationException {
        UpstreamWay known = ways.get(config.name());
        return known == null ? add(config) : known;
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
                throw unusable(way.getKey(), "tls", e);
            }
        }
    }

    /**
     * Reads how connections are protected.
     *
     * @param keyPath the section, for what is thrown
     */
    static UpstreamTls tls(String keyPath, UpstreamTlsConfig config)
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
            throw new UnusableConfigurationException(keyPath + ": " + e.getMessage());
        }
    }

    private SshTunnel tunnel(String upstream, SshConfig config)
            throws UnusableConfigurationException {
        Path knownHosts = config.knownHosts();
        SshSettings settings =
                new SshSettings(
                        upstream,
                        config.host().host(),
                        config.host().port(),
                        config.user(),
                        login(upstream, config),
                        knownHosts == null
                                ? new HostKeys.Fingerprint(Objects.requireNonNull(config.hostKey()))
                                : new HostKeys.KnownHosts(knownHosts),
                        config.connectTimeout(),
                        config.keepAlive());
        try {
            if (config.key() != null) {
                KeyFiles.checkPrivate(config.key());
            }
            settings.check();
        } catch (InvalidTlsFileException | TunnelException e) {
            throw unusable(upstream, "ssh", e);
        }
        SshTunnel tunnel = new SshTunnel(settings, nanoTime);
        tunnels.add(tunnel);
        tunnel.begin();
        return tunnel;
    }

    private SshSettings.Login login(String upstream, SshConfig config) {
        Path key = config.key();
        return key == null
                ? new SshSettings.Password(
                        secret(upstream, "password", Objects.requireNonNull(config.password())))
                : new SshSettings.Key(key, passphrase(upstream, config.passphrase()));
    }

    private SshSettings.@Nullable SecretSource passphrase(
            String upstream, @Nullable SecretReference reference) {
        return reference == null ? null : secret(upstream, "passphrase", reference);
    }

    private SshSettings.SecretSource secret(
            String upstream, String key, SecretReference reference) {
        return () -> {
            try {
                return secrets.resolve("upstreams." + upstream + ".ssh." + key, reference).chars();
            } catch (SecretUnavailableException e) {
                throw new TunnelException(String.valueOf(e.getMessage()));
            }
        };
    }

    private static UnusableConfigurationException unusable(
            String upstream, String section, Exception e) {
        return new UnusableConfigurationException(
                "upstreams." + upstream + "." + section + ": " + e.getMessage());
    }

    /** Ends all tunnels. */
    @Override
    public void close() {
        tunnels.forEach(SshTunnel::close);
    }
}
