package dev.postern.server.catalog;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which objects belong to which extension. */
final class Members {

    static final String ROUTINES = "pg_proc";
    static final String OPERATORS = "pg_operator";
    static final String TYPES = "pg_type";
    static final String CASTS = "pg_cast";
    static final String RELATIONS = "pg_class";

    private final Map<String, Map<Integer, String>> extensions = new HashMap<>();

    /**
     * Adds one.
     *
     * @param systemCatalog the one that the object is in
     */
    void add(String systemCatalog, int oid, String extension) {
        extensions.computeIfAbsent(systemCatalog, name -> new HashMap<>()).put(oid, extension);
    }

    /** Returns the extension that an object belongs to, {@code null} if none. */
    @Nullable String of(String systemCatalog, int oid) {
        return extensions.getOrDefault(systemCatalog, Map.of()).get(oid);
    }
}
