package dev.postern.policy;

import dev.postern.protocol.SqlState;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names under which one session has prepared statements. {@code EXECUTE} passes only for these,
 * since only of these it is known what they run. Names are not forgotten by {@code DEALLOCATE}: a
 * name that comes back was judged again. Not thread-safe.
 */
public final class PreparedStatements {

    /** A session that prepares more names than this may execute by name no more of them. */
    private static final int MAX_NAMES = 10_000;

    private final Set<String> names = new HashSet<>();

    /**
     * Tells why a text must not be forwarded now, {@code null} if it may; then its names count as
     * prepared.
     */
    public @Nullable Denial check(Verdict.Allow verdict) {
        Denial denial = unknown(verdict);
        if (denial == null) {
            verdict.prepared().prepares().forEach(this::add);
        }
        return denial;
    }

    /** Tells what {@link #check} would say, and changes nothing. */
    public @Nullable Denial unknown(Verdict.Allow verdict) {
        for (String name : verdict.prepared().executes()) {
            if (!names.contains(name)) {
                return new Denial(
                        Rule.PREPARED_STATEMENT_UNKNOWN,
                        SqlState.INVALID_SQL_STATEMENT_NAME,
                        "EXECUTE of \"" + name + "\", which this session has not prepared",
                        0,
                        name,
                        "PREPARE it first, in this session.");
            }
        }
        return null;
    }

    /** A Parse message with this name was forwarded. */
    public void onParse(String name) {
        if (!name.isEmpty()) {
            add(name);
        }
    }

    private void add(String name) {
        if (names.size() < MAX_NAMES) {
            names.add(name);
        }
    }
}
