package dev.postern.session;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements, or the portals, of one session by name, as they will be once the upstream has answered what it owes: a
 * change takes effect when the message is forwarded, since later messages may build on it before the answer comes, and is undone if
 * the answer is an error.
 *
 * @param <T> what a name stands for
 */
public final class NamedObjects<T> {

    private @Nullable T unnamed;
    private @Nullable Map<String, T> named;

    /**
     * A change that can be undone, latest change first.
     *
     * @param name whose meaning changed, empty for the unnamed object
     * @param previous what it stood for before
     */
    public record Change<T>(NamedObjects<T> objects, String name, @Nullable T previous) {

        /** Puts back what was before. */
        public void undo() {
            objects.set(name, previous);
        }
    }

    /** Returns what a name stands for, {@code null} if nothing. */
    public @Nullable T get(String name) {
        if (name.isEmpty()) {
            return unnamed;
        }
        return named == null ? null : named.get(name);
    }

    /** Makes a name stand for something. */
    public Change<T> put(String name, T object) {
        return change(name, object);
    }

    /** Makes a name stand for nothing. */
    public Change<T> remove(String name) {
        return change(name, null);
    }

    /** Forgets everything, beyond undoing. */
    public void clear() {
        unnamed = null;
        named = null;
    }

    /** Returns how many names stand for something, the unnamed object not counted. */
    public int size() {
        return named == null ? 0 : named.size();
    }

    private Change<T> change(String name, @Nullable T object) {
        Change<T> change = new Change<>(this, name, get(name));
        set(name, object);
        return change;
    }

    private void set(String name, @Nullable T object) {
        if (name.isEmpty()) {
            unnamed = object;
        } else if (object == null) {
            if (named != null) {
                named.remove(name);
            }
        } else {
            if (named == null) {
                named = new HashMap<>();
            }
            named.put(name, object);
        }
    }
}
