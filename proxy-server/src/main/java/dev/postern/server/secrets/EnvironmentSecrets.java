package dev.postern.server.secrets;

import java.util.Map;

/** Secrets in environment variables, {@code ${env:NAME}}. */
final class EnvironmentSecrets implements SecretStore {

    private final Map<String, String> environment;

    EnvironmentSecrets(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Secret fetch(String locator) throws SecretUnavailableException {
        String value = environment.get(locator);
        if (value == null) {
            throw new SecretUnavailableException("the environment variable is not set");
        }
        if (value.isEmpty()) {
            throw new SecretUnavailableException("the environment variable is empty");
        }
        return Secret.of(value.toCharArray());
    }
}
