package dev.postern.server;

import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.SecretReference;
import dev.postern.server.secrets.Secret;
import dev.postern.server.secrets.SecretResolver;
import dev.postern.server.secrets.SecretUnavailableException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstreams' passwords, kept at hand for event loops, which must not wait for a file or a
 * secret manager, and looked up again now and then, so that a rotated one is found. Safe for use by
 * any thread.
 */
final class Passwords {

    private static final Logger LOG = LoggerFactory.getLogger(Passwords.class);

    private final SecretResolver resolver;
    private final Map<String, SecretReference> references = new ConcurrentHashMap<>();
    private final Map<String, Secret> current = new ConcurrentHashMap<>();

    Passwords(SecretResolver resolver) {
        this.resolver = resolver;
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

    /** Looks every password up again; one that cannot be had stays what it was. May block. */
    void refresh() {
        references.forEach((upstream, reference) -> {
            try {
                current.put(upstream, resolver.resolve(keyPath(upstream), reference));
            } catch (SecretUnavailableException e) {
                LOG.warn("secret not refreshed error={}", e.getMessage());
            }
        });
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
