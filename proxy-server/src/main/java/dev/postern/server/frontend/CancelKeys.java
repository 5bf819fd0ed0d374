package dev.postern.server.frontend;

import dev.postern.protocol.BackendKey;
import dev.postern.protocol.ProtocolVersion;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The cancel keys of all sessions: Postern's own, since the upstream's keys stay with Postern. Safe
 * for use by any thread.
 *
 * @param <S> what stands for a session
 */
public final class CancelKeys<S> {

    /** Bytes of a secret since protocol 3.2. */
    public static final int LONG_SECRET_LENGTH = 32;

    private final ConcurrentHashMap<Integer, Entry<S>> entries = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final int limit;

    private record Entry<S>(BackendKey key, S session) {}

    /**
     * Makes a registry of at most about {@code limit} sessions (a race may pass it by the number of
     * event loops).
     */
    public CancelKeys(int limit) {
        this.limit = limit;
    }

    /**
     * Makes a key for a session: 4 bytes long before protocol 3.2, 32 since.
     *
     * @return the key, to be given back by {@link #remove}; {@code null} if there are as many
     *     sessions as may be
     */
    public @Nullable BackendKey add(ProtocolVersion version, S session) {
        byte[] secret =
                new byte
                        [version.compareTo(ProtocolVersion.V3_2) < 0
                                ? BackendKey.MIN_SECRET_LENGTH
                                : LONG_SECRET_LENGTH];
        random.nextBytes(secret);
        while (entries.size() < limit) {
            BackendKey key = new BackendKey(random.nextInt(1, Integer.MAX_VALUE), secret);
            if (entries.putIfAbsent(key.processId(), new Entry<>(key, session)) == null) {
                return key;
            }
        }
        return null;
    }

    /**
     * Returns the session of a key, {@code null} if there is none with this process id and this
     * secret.
     */
    public @Nullable S find(BackendKey key) {
        Entry<S> entry = entries.get(key.processId());
        return entry != null && entry.key().equals(key) ? entry.session() : null;
    }

    /** Forgets a key; one that is not there is no trouble. */
    public void remove(BackendKey key) {
        Entry<S> entry = entries.get(key.processId());
        if (entry != null && entry.key().equals(key)) {
            entries.remove(key.processId(), entry);
        }
    }

    /** Returns how many keys there are. */
    public int size() {
        return entries.size();
    }
}
