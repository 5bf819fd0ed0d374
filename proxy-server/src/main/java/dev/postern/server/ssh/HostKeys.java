package dev.postern.server.ssh;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.jspecify.annotations.Nullable;

/** What proves that an SSH server is the right one. There is none that believes every key. */
public sealed interface HostKeys {

    /**
     * Returns why a server with this key is not the right one; {@code null} if it is. Reads files.
     */
    @Nullable String objection(String host, int port, PublicKey key);

    /** Returns the types of keys that the server may prove itself by; empty if any. Reads files. */
    List<String> types(String host, int port);

    /** Returns a key's fingerprint as {@code ssh-keygen -l} shows it. */
    static String fingerprint(PublicKey key) {
        return KeyUtils.getFingerPrint(BuiltinDigests.sha256, key);
    }

    /**
     * The one key there is.
     *
     * @param fingerprint {@code SHA256:} and 43 characters
     */
    record Fingerprint(String fingerprint) implements HostKeys {

        @Override
        public @Nullable String objection(String host, int port, PublicKey key) {
            String shown = HostKeys.fingerprint(key);
            return shown.equals(fingerprint)
                    ? null
                    : "it shows the "
                            + KeyUtils.getKeyType(key)
                            + " host key "
                            + shown
                            + ", host_key is "
                            + fingerprint;
        }

        @Override
        public List<String> types(String host, int port) {
            return List.of();
        }
    }

    /**
     * A file as OpenSSH keeps it, hashed names and {@code @revoked} included; certificates'
     * authorities are not followed. Read anew each time.
     *
     * @see <a href="https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT">sshd(8),
     *     "SSH_KNOWN_HOSTS FILE FORMAT"</a>
     */
    record KnownHosts(Path file) implements HostKeys {

        private static final String REVOKED = "revoked";

        @Override
        public @Nullable String objection(String host, int port, PublicKey key) {
            String shown =
                    "it shows the "
                            + KeyUtils.getKeyType(key)
                            + " host key "
                            + HostKeys.fingerprint(key);
            try {
                boolean known = false;
                boolean hostKnown = false;
                for (KnownHostEntry entry : KnownHostEntry.readKnownHostEntries(file)) {
                    boolean same = entry.getKeyEntry() != null && key.equals(resolve(entry));
                    if (REVOKED.equals(entry.getMarker())) {
                        if (same) {
                            return shown + ", which is revoked in " + file;
                        }
                    } else if (entry.getMarker() == null && entry.isHostMatch(host, port)) {
                        hostKnown = true;
                        known |= same;
                    }
                }
                if (known) {
                    return null;
                }
                return shown
                        + (hostKnown
                                ? ", and " + file + " has another for it"
                                : ", and " + file + " has none for it");
            } catch (IOException | RuntimeException e) {
                return file + " cannot be read: " + e.getMessage();
            }
        }

        private static @Nullable PublicKey resolve(KnownHostEntry entry) throws IOException {
            try {
                return entry.getKeyEntry()
                        .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.IGNORING);
            } catch (GeneralSecurityException e) {
                return null;
            }
        }

        @Override
        public List<String> types(String host, int port) {
            try {
                return KnownHostEntry.readKnownHostEntries(file).stream()
                        .filter(entry ->
                                entry.getMarker() == null
                                        && entry.getKeyEntry() != null
                                        && entry.isHostMatch(host, port))
                        .map(entry -> entry.getKeyEntry().getKeyType())
                        .distinct()
                        .toList();
            } catch (IOException | RuntimeException e) {
                // Whatever is wrong with the file, objection() says it.
                return List.of();
            }
        }
    }
}
