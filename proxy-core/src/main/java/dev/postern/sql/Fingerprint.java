package dev.postern.sql;

import java.util.Set;

/**
 * A running hash (FNV-1a, 64 bits) over a parse tree's tokens. Not a security property: it groups
 * statements in the audit trail.
 */
final class Fingerprint {

    /** Fields that tell where something stands or how much, not what it is. */
    private static final Set<String> PLACES =
            Set.of(
                    "location",
                    "name_location",
                    "stmt_location",
                    "stmt_len",
                    "list_start",
                    "list_end",
                    "rexpr_list_start",
                    "rexpr_list_end",
                    "howMany",
                    "typmod");

    private static final long OFFSET = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private long hash = OFFSET;

    static boolean counts(String field) {
        return !PLACES.contains(field);
    }

    void add(char mark) {
        hash = (hash ^ mark) * PRIME;
    }

    void add(String text) {
        long h = hash;
        for (int i = 0; i < text.length(); i++) {
            h = (h ^ text.charAt(i)) * PRIME;
        }
        hash = (h ^ 0x1F) * PRIME;
    }

    long value() {
        return hash;
    }
}
