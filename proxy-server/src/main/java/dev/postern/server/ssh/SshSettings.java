package dev.postern.server.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How to reach an SSH server.
 *
 * @param name what threads and log messages call the tunnel
 * @param host a name or a literal address, without brackets
 * @param user whom to log in as
 * @param login what proves it
 * @param hostKeys what proves the server
 * @param connectTimeout for connecting and logging in, and for opening each connection through the
 *     tunnel
 * @param keepAlive how often a silent server is asked for an answer; three that do not come end the
 *     tunnel
 */
public record SshSettings(
        String name,
        String host,
        int port,
        String user,
        Login login,
        HostKeys hostKeys,
        Duration connectTimeout,
        Duration keepAlive) {

    /** What proves who logs in. */
    public sealed interface Login {}

    /**
     * A password.
     *
     * @param password asked for at each login, on a thread that may block
     */
    public record Password(SecretSource password) implements Login {}

    /**
     * A private key.
     *
     * @param file as ssh-keygen or OpenSSL writes it
     * @param passphrase asked for at each login, on a thread that may block; {@code null} if the
     *     key is not encrypted
     */
    public record Key(Path file, @Nullable SecretSource passphrase) implements Login {}

    /** Where a secret comes from. */
    @FunctionalInterface
    public interface SecretSource {

        /**
         * Returns a copy, the caller's to wipe. May block.
         *
         * @throws TunnelException if it cannot be had
         */
        char[] get() throws TunnelException;
    }

    /**
     * Checks what can be checked without the server: that the secret is there, that the key can be
     * read. May block.
     *
     * @throws TunnelException saying what is wrong
     */
    public void check() throws TunnelException {
        switch (login) {
            case Password password -> Arrays.fill(password.password().get(), '\0');
            case Key key -> SshLogins.load(key);
        }
    }

    /** Returns {@code host:port}, for messages. */
    String address() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
