package dev.postern.server;

import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.HostPort;
import dev.postern.server.config.IamConfig;
import dev.postern.server.config.SecretReference;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.iam.PasswordSource;
import dev.postern.server.iam.TokenUnavailableException;
import dev.postern.server.secrets.Secret;
import dev.postern.server.secrets.SecretResolver;
import dev.postern.server.secrets.SecretUnavailableException;
import dev.postern.server.upstream.HostPassword;
import dev.postern.server.upstream.UpstreamHost;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstreams' passwords, kept at hand for event loops, which must not wait for a file, a secret
 * manager or a cloud, and looked up again now and then: so that a rotated one is found, and one
 * that expires is replaced in time. Safe for use by any thread.
 */
final class Passwords {

    private static final Logger LOG = LoggerFactory.getLogger(Passwords.class);

    /** How long before it expires a token is replaced: several tries before it is too late. */
    private static final Duration RENEWAL = Duration.ofMinutes(5);

    private final SecretResolver resolver;
    private final Function<IamConfig, PasswordSource> clouds;
    private final InstantSource clock;
    private final Map<String, SecretReference> references = new ConcurrentHashMap<>();
    private final Map<String, Secret> current = new ConcurrentHashMap<>();
    private final Map<Login, PasswordSource> sources = new ConcurrentHashMap<>();
    private final Map<Login, PasswordSource.Token> tokens = new ConcurrentHashMap<>();

    private record Login(String upstream, UpstreamHost host, String user) {}

    /**
     * @param clouds makes what makes passwords in a cloud
     */
    Passwords(
            SecretResolver resolver,
            Function<IamConfig, PasswordSource> clouds,
            InstantSource clock) {
        this.resolver = resolver;
        this.clouds = clouds;
        this.clock = clock;
    }

    /**
     * Looks an upstream's password up for the first time, if it has one. May block.
     *
     * @throws UnusableConfigurationException if it cannot be had
     */
    void add(UpstreamConfig upstream) throws UnusableConfigurationException {
        if (upstream.password() != null) {
            add(upstream.name(), upstream.password());
        }
        IamConfig iam = upstream.iam();
        if (iam == null) {
            return;
        }
        PasswordSource source = clouds.apply(iam);
        for (HostPort host : upstream.hosts()) {
            Login login =
                    new Login(
                            upstream.name(),
                            new UpstreamHost(host.host(), host.port()),
                            upstream.user());
            try {
                tokens.put(login, fetch(login, source));
            } catch (TokenUnavailableException e) {
                throw new UnusableConfigurationException(
                        "upstreams." + upstream.name() + ".iam: " + e.getMessage(), e);
            }
            sources.put(login, source);
        }
    }

    private static PasswordSource.Token fetch(Login login, PasswordSource source)
            throws TokenUnavailableException {
        return source.fetch(login.host().name(), login.host().port(), login.user());
    }

    /**
     * Looks a password up for the first time. May block.
     *
     * @param upstream the name of the upstream
     * @throws UnusableConfigurationException if it cannot be had
     */
    void add(String upstream, SecretReference reference) throws UnusableConfigurationException {
        try {
            current.put(upstream, resolver.resolve(keyPath(upstream), reference));
        } catch (SecretUnavailableException e) {
            throw new UnusableConfigurationException(String.valueOf(e.getMessage()), e);
        }
        references.put(upstream, reference);
    }

    /**
     * Looks every password up again, and replaces those that expire soon; one that cannot be had
     * stays what it was. May block.
     */
    void refresh() {
        references.forEach((upstream, reference) -> {
            try {
                current.put(upstream, resolver.resolve(keyPath(upstream), reference));
            } catch (SecretUnavailableException e) {
                LOG.warn("secret not refreshed error={}", e.getMessage());
            }
        });
        sources.forEach((login, source) -> {
            PasswordSource.Token token = tokens.get(login);
            if (token == null || isDue(token)) {
                renew(login, source);
            }
        });
    }

    private boolean isDue(PasswordSource.Token token) {
        Instant soon = clock.instant().plus(RENEWAL);
        return !token.expires().isAfter(soon);
    }

    private void renew(Login login, PasswordSource source) {
        try {
            tokens.put(login, fetch(login, source));
        } catch (TokenUnavailableException e) {
            LOG.warn("token not renewed upstream={} error={}", login.upstream(), e.getMessage());
        } catch (RuntimeException e) {
            // A background task that throws is never run again.
            LOG.warn("token not renewed upstream={} error={}", login.upstream(), e.toString());
        }
    }

    /** Returns what gives an upstream's password, for each host; it never blocks. */
    HostPassword of(UpstreamConfig upstream) {
        String name = upstream.name();
        if (upstream.iam() == null) {
            return host -> get(name);
        }
        String user = upstream.user();
        return host -> {
            PasswordSource.Token token = tokens.get(new Login(name, host, user));
            return token == null ? new char[0] : token.password().chars();
        };
    }

    /** Returns a copy of a password, the caller's to wipe; empty if the upstream has none. */
    char[] get(String upstream) {
        @Nullable Secret secret = current.get(upstream);
        return secret == null ? new char[0] : secret.chars();
    }

    private static String keyPath(String upstream) {
        return "upstreams." + upstream + ".password";
    }

    @Override
    public String toString() {
        return "Passwords[redacted]";
    }
}
