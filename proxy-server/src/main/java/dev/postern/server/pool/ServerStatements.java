package dev.postern.server.pool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements of one connection by their names there, as they will be once all is
 * answered; the least recently used come first.
 */
final class ServerStatements {

    private final Map<String, ServerStatement> named = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable ServerStatement unnamed;

    @Nullable ServerStatement get(String name) {
        return name.isEmpty() ? unnamed : named.get(name);
    }

    void put(String name, @Nullable ServerStatement statement) {
        if (name.isEmpty()) {
            unnamed = statement;
        } else if (statement == null) {
            named.remove(name);
        } else {
            named.put(name, statement);
        }
    }

    int size() {
        return named.size();
    }

    /** Returns the name that was used least recently. */
    @Nullable String eldest() {
        return named.isEmpty() ? null : named.keySet().iterator().next();
    }

    List<String> names(Predicate<String> wanted) {
        return new ArrayList<>(named.keySet().stream().filter(wanted).toList());
    }

    void clearNamed() {
        named.clear();
    }

    void clear() {
        named.clear();
        unnamed = null;
    }
}
