package dev.postern.server.pool;

import dev.postern.protocol.BackendMessage.Column;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A prepared statement of a session: what a Parse said, wherever it has been said. */
final class Prepared {

    /**
     * Distinguishes these names from those of agents; with the hash 51 of the 63 bytes there are.
     */
    private static final String PREFIX = "postern_";

    private final byte[] rest;
    private @Nullable String name;
    private int nameVersion;
    private @Nullable ServerStatement first;

    /**
     * Makes one.
     *
     * @param rest text and parameter types as they stand in the Parse; owned by this from now on
     */
    Prepared(byte[] rest) {
        this.rest = rest;
    }

    byte[] rest() {
        return rest;
    }

    /** The session has it since it stands there. */
    void standsFirst(ServerStatement there) {
        first = there;
    }

    boolean isFirst(ServerStatement there) {
        return there.equals(first);
    }

    /** Returns the columns it had where the session had it first, {@code null} if not known. */
    @Nullable List<Column> columns() {
        return first == null ? null : first.columns();
    }

    /**
     * Returns the name that says what it is: equal for equal texts and types under equal settings,
     * since settings decide what a constant in a text means.
     */
    String contentName(SessionState state) {
        String known = name;
        if (known == null || nameVersion != state.version()) {
            known = PREFIX + hash(rest, state.settings());
            name = known;
            nameVersion = state.version();
        }
        return known;
    }

    private static String hash(byte[] rest, Map<String, String> settings) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            new TreeMap<>(settings)
                    .forEach((setting, value) ->
                            digest.update(
                                    (setting + "=" + value + "\0")
                                            .getBytes(StandardCharsets.UTF_8)));
            digest.update((byte) 0);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(digest.digest(rest))
                    .replace('-', '$');
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
