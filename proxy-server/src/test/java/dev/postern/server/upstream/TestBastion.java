package dev.postern.server.upstream;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;

/** An SSH server of this JVM that forwards connections, for one user. */
public final class TestBastion implements AutoCloseable {

    public static final String USER = "tunnel";
    public static final String PASSWORD = "let me through";

    private final List<KeyPair> hostKeys;
    private final KeyPair hostKey;
    private final KeyPair userKey = key(KeyPairProvider.ECDSA_SHA2_NISTP256);
    private int port;
    private SshServer server;

    public TestBastion() {
        this(KeyPairProvider.ECDSA_SHA2_NISTP256);
    }

    /** Makes one with several host keys; the last is the one that is known. */
    public TestBastion(String... types) {
        hostKeys = Arrays.stream(types).map(TestBastion::key).toList();
        hostKey = hostKeys.getLast();
        server = newServer();
        start();
    }

    private static KeyPair key(String type) {
        try {
            return KeyUtils.generateKeyPair(
                    type, type.equals(KeyPairProvider.SSH_RSA) ? 2048 : 256);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private SshServer newServer() {
        SshServer next = SshServer.setUpDefaultServer();
        next.setHost("127.0.0.1");
        next.setPort(port);
        next.setKeyPairProvider(KeyPairProvider.wrap(hostKeys));
        next.setPasswordAuthenticator(
                (user, password, session) -> user.equals(USER) && password.equals(PASSWORD));
        next.setPublickeyAuthenticator((user, key, session) ->
                user.equals(USER) && KeyUtils.compareKeys(key, userKey.getPublic()));
        next.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        return next;
    }

    /** Starts it, on the port it had. */
    public void start() {
        try {
            if (!server.isOpen()) {
                server = newServer();
            }
            server.start();
            port = server.getPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it with all connections, as a crash would. */
    public void kill() {
        try {
            server.getActiveSessions().forEach(session -> session.close(true));
            server.stop(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets log in, and forwards nothing. */
    public void forwardNothing() {
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
    }

    /** Returns how many clients are logged in. */
    public long logins() {
        return server.getActiveSessions().stream().filter(AbstractSession::isAuthenticated).count();
    }

    public int port() {
        return port;
    }

    public String fingerprint() {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, hostKey.getPublic());
    }

    /** Writes a known_hosts file that has it. */
    public Path knownHosts(Path file) {
        return write(
                file,
                "[127.0.0.1]:" + port + " " + PublicKeyEntry.toString(hostKey.getPublic()) + "\n");
    }

    /** Writes a known_hosts file that has another key for it. */
    public Path otherKnownHosts(Path file) {
        return write(
                file,
                "[127.0.0.1]:"
                        + port
                        + " "
                        + PublicKeyEntry.toString(
                                key(KeyPairProvider.ECDSA_SHA2_NISTP256).getPublic())
                        + "\n");
    }

    private static Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the user's private key as ssh-keygen would. */
    public Path userKey(Path file, String passphrase) {
        OpenSSHKeyEncryptionContext encryption = new OpenSSHKeyEncryptionContext();
        encryption.setCipherType("256");
        encryption.setPassword(passphrase);
        try (OutputStream out = Files.newOutputStream(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(userKey, "test", encryption, out);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
