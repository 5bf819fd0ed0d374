package dev.postern.server.secrets;

/**
 * Keeps secrets under names of its own: the environment, files, a secret manager. One for each
 * scheme of references.
 */
@FunctionalInterface
public interface SecretStore {

    /**
     * Returns a secret as it is now. May block.
     *
     * @param locator what the store calls it
     * @throws SecretUnavailableException saying why there is none; the message holds nothing of any
     *     secret
     */
    Secret fetch(String locator) throws SecretUnavailableException;
}
