package dev.postern.server.secrets;

import dev.postern.server.config.NearestName;
import dev.postern.server.config.SecretReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Follows references to secrets. Nothing is remembered: a rotated secret is seen at the next {@link
 * #resolve}. Safe for use by any thread; may block, so never to be called on an event loop.
 */
public final class SecretResolver {

    private final Map<String, SecretStore> stores;

    /**
     * @param stores by the scheme of their references
     */
    public SecretResolver(Map<String, SecretStore> stores) {
        this.stores = new TreeMap<>(stores);
    }

    /**
     * Returns a resolver for {@code ${env:…}} and {@code ${file:…}}.
     *
     * @param environment the process's variables
     * @param directory what relative paths are relative to, {@code Configuration.directory()}
     */
    public static SecretResolver standard(Map<String, String> environment, Path directory) {
        return new SecretResolver(
                Map.of(
                        "env",
                        new EnvironmentSecrets(environment),
                        "file",
                        new FileSecrets(directory)));
    }

    /**
     * Returns a secret as it is now.
     *
     * @param keyPath the key that holds the reference, for the error: {@code
     *     upstreams.shop.password}
     * @throws SecretUnavailableException naming key path, reference and reason, and nothing of the
     *     secret
     */
    public Secret resolve(String keyPath, SecretReference reference)
            throws SecretUnavailableException {
        SecretStore store = stores.get(reference.scheme());
        if (store == null) {
            throw new SecretUnavailableException(
                    keyPath
                            + ": "
                            + reference
                            + ": unknown scheme \""
                            + reference.scheme()
                            + "\""
                            + NearestName.suggestion(reference.scheme(), stores.keySet())
                            + "; known: "
                            + String.join(", ", stores.keySet()));
        }
        try {
            return store.fetch(reference.locator());
        } catch (SecretUnavailableException e) {
            throw new SecretUnavailableException(keyPath + ": " + reference + ": " + e.reason());
        }
    }
}
