package dev.postern.server.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.future.VerifiableFuture;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/**
 * Logs in to one SSH server, with nothing but what the settings say: no agent, no keys or
 * configuration of the user that the process runs as. Blocks.
 */
final class SshLogins implements AutoCloseable {

    /** How many keep-alives may go without an answer. */
    private static final int MAX_SILENT = 3;

    /** What one connection may have received and not read yet. */
    private static final long WINDOW = 256L * 1024;

    private static final int IO_THREADS = 2;

    private final SshSettings settings;
    private final SshClient client;
    private volatile @Nullable String objection;

    SshLogins(SshSettings settings) {
        this.settings = settings;
        this.client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setServerKeyVerifier((session, address, key) -> {
            String found = settings.hostKeys().objection(settings.host(), settings.port(), key);
            objection = found;
            return found == null;
        });
        client.setUserAuthFactories(
                switch (settings.login()) {
                    case SshSettings.Password password ->
                            List.of(
                                    UserAuthPasswordFactory.INSTANCE,
                                    UserAuthKeyboardInteractiveFactory.INSTANCE);
                    case SshSettings.Key key -> List.of(UserAuthPublicKeyFactory.INSTANCE);
                });
        CoreModuleProperties.NIO_WORKERS.set(client, IO_THREADS);
        CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, settings.keepAlive());
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, MAX_SILENT);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO2_READ_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.IO_CONNECT_TIMEOUT.set(client, settings.connectTimeout());
        CoreModuleProperties.AUTH_TIMEOUT.set(client, settings.connectTimeout());
        client.start();
    }

    /**
     * Opens a session and logs in. One login at a time.
     *
     * @throws TunnelException saying why there is none
     */
    ClientSession login() throws TunnelException {
        objection = null;
        preferKnownTypes();
        ClientSession session = connect();
        boolean loggedIn = false;
        try {
            identify(session);
            await(session.auth());
            loggedIn = true;
            return session;
        } catch (IOException e) {
            throw failure(e);
        } finally {
            if (!loggedIn) {
                session.close(true);
            }
        }
    }

    /** A server with several keys shows one of the type that the client asks for first. */
    private void preferKnownTypes() {
        List<String> types = settings.hostKeys().types(settings.host(), settings.port());
        List<NamedFactory<Signature>> ordered = new ArrayList<>(client.getSignatureFactories());
        ordered.sort(
                Comparator.comparing(factory ->
                        !types.contains(KeyUtils.getCanonicalKeyType(factory.getName()))));
        client.setSignatureFactories(ordered);
    }

    private ClientSession connect() throws TunnelException {
        try {
            return await(client.connect(settings.user(), settings.host(), settings.port()))
                    .getClientSession();
        } catch (TunnelException e) {
            throw e;
        } catch (IOException e) {
            throw new TunnelException(
                    "ssh: " + settings.address() + " cannot be reached: " + words(e));
        }
    }

    private <T extends VerifiableFuture<T>> T await(VerifiableFuture<T> future) throws IOException {
        return future.verify(settings.connectTimeout().toMillis());
    }

    private void identify(ClientSession session) throws IOException {
        switch (settings.login()) {
            case SshSettings.Password(SshSettings.SecretSource source) -> {
                char[] password = source.get();
                session.addPasswordIdentity(new String(password));
                Arrays.fill(password, '\0');
            }
            case SshSettings.Key key -> session.addPublicKeyIdentity(load(key));
        }
    }

    /**
     * Reads a private key.
     *
     * @throws TunnelException if it is none, or is encrypted by another passphrase
     */
    static KeyPair load(SshSettings.Key key) throws TunnelException {
        SshSettings.SecretSource source = key.passphrase();
        char[] passphrase = source == null ? new char[0] : source.get();
        FilePasswordProvider provider =
                source == null
                        ? FilePasswordProvider.EMPTY
                        : FilePasswordProvider.of(new String(passphrase));
        Arrays.fill(passphrase, '\0');
        try (InputStream in = Files.newInputStream(key.file())) {
            Iterable<KeyPair> pairs =
                    SecurityUtils.loadKeyPairIdentities(
                            null, new PathResource(key.file()), in, provider);
            if (pairs != null && pairs.iterator().hasNext()) {
                return pairs.iterator().next();
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new TunnelException(
                    "ssh: "
                            + key.file()
                            + " is no private key that can be read"
                            + (source == null ? " without a passphrase" : " with that passphrase"));
        }
        throw new TunnelException("ssh: " + key.file() + " holds no private key");
    }

    private TunnelException failure(IOException e) {
        if (objection != null) {
            return new TunnelException(
                    "ssh: " + settings.address() + " is not trusted: " + objection);
        }
        if (e instanceof TunnelException tunnel) {
            return tunnel;
        }
        boolean refused = String.valueOf(e.getMessage()).contains("No more authentication methods");
        return new TunnelException(
                "ssh: "
                        + settings.address()
                        + (refused
                                ? " refuses the login of "
                                        + settings.user()
                                        + " by "
                                        + switch (settings.login()) {
                                            case SshSettings.Password password -> "password";
                                            case SshSettings.Key key -> "the key " + key.file();
                                        }
                                : " does not let in: " + words(e)));
    }

    private static String words(Throwable e) {
        @Nullable Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null
                ? cause.getClass().getSimpleName()
                : cause.getMessage().replaceAll("\\s+", " ");
    }

    /** Ends all sessions. */
    @Override
    public void close() {
        client.stop();
    }
}
