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
    private final int instance;

    private record Entry<S>(BackendKey key, S session) {}

    /** In a group of instances, this many low bits of a process id tell the session. */
    private static final int SESSION_BITS = 23;

    /** In a group, the sign of a process id tells that a request has been passed on. */
    private static final int PASSED_ON = 0x80000000;

    /**
     * Makes a registry of at most about {@code limit} sessions (a race may pass it by the number of
     * event loops), of the only instance there is.
     */
    public CancelKeys(int limit) {
        this(limit, 0);
    }

    /**
     * Makes a registry of at most about {@code limit} sessions.
     *
     * @param instance which of a group this is, from 1 to 255, as its keys tell; 0: there is no
     *     group
     */
    public CancelKeys(int limit, int instance) {
        this.limit = limit;
        this.instance = instance;
    }

    /** Returns which instance of a group has made a key. */
    public static int instanceOf(BackendKey key) {
        return key.processId() >>> SESSION_BITS;
    }

    /** Tells whether a request has been passed on already, so that it goes no further. */
    public static boolean isPassedOn(BackendKey key) {
        return (key.processId() & PASSED_ON) != 0;
    }

    /** Returns what a request carries that is passed on. */
    public static BackendKey passedOn(BackendKey key) {
        return new BackendKey(key.processId() | PASSED_ON, key.secret());
    }

    /** Returns the key as its instance made it. */
    public static BackendKey original(BackendKey key) {
        return new BackendKey(key.processId() & ~PASSED_ON, key.secret());
    }

    private int processId() {
        return instance == 0
                ? random.nextInt(1, Integer.MAX_VALUE)
                : instance << SESSION_BITS | random.nextInt(1, 1 << SESSION_BITS);
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
            BackendKey key = new BackendKey(processId(), secret);
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
