package dev.postern.server.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code upstreams.<name>.ssh}.
 *
 * @param host the SSH server
 * @param user whom to log in as there
 * @param password where the password is kept; {@code null} exactly if there is a key
 * @param key the private key
 * @param passphrase where the key's passphrase is kept; {@code null} if it is not encrypted
 * @param knownHosts what proves the server, as OpenSSH keeps it; {@code null} exactly if there is a
 *     host key
 * @param hostKey the fingerprint of the server's key
 * @param connectTimeout for connecting and logging in
 * @param keepAlive how often a silent server is asked for an answer
 */
public record SshConfig(
        HostPort host,
        String user,
        @Nullable SecretReference password,
        @Nullable Path key,
        @Nullable SecretReference passphrase,
        @Nullable Path knownHosts,
        @Nullable String hostKey,
        Duration connectTimeout,
        Duration keepAlive) {

    public SshConfig {
        Keys.UPSTREAM_SSH_USER.check(user);
        Keys.UPSTREAM_SSH_HOST_KEY.checkIfPresent(hostKey);
        Keys.UPSTREAM_SSH_CONNECT_TIMEOUT.check(connectTimeout);
        Keys.UPSTREAM_SSH_KEEP_ALIVE.check(keepAlive);
        if (password == null && key == null) {
            throw new InvalidValueException(
                    "key", "missing: either password or key is needed to log in to the SSH server");
        }
        if (password != null && key != null) {
            throw new InvalidValueException("key", "cannot be given together with password");
        }
        if (passphrase != null && key == null) {
            throw new InvalidValueException("passphrase", "has no effect without key");
        }
        if (knownHosts == null && hostKey == null) {
            throw new InvalidValueException(
                    "known_hosts",
                    "missing: either known_hosts or host_key is needed to know the SSH server by; ssh-keyscan shows its keys, ssh-keygen -lf - their fingerprints");
        }
        if (knownHosts != null && hostKey != null) {
            throw new InvalidValueException(
                    "host_key", "cannot be given together with known_hosts");
        }
    }
}
