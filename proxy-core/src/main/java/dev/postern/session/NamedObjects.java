package dev.postern.session;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The prepared statements, or the portals, of one session by name, as they will be once the
 * upstream has answered what it owes: a change takes effect when the message is forwarded, since
 * later messages may build on it before the answer comes, and is undone if the answer is an error.
 *
 * @param <T> what a name stands for
 */
public final class NamedObjects<T> {

    private @Nullable T unnamed;
    private @Nullable Map<String, T> named;

    /**
     * A change that is not settled yet. Undone latest change first; what was undone may be made
     * again in the order it was first made.
     */
    public static final class Change<T> {

        private final NamedObjects<T> objects;
        private final String name;
        private final @Nullable T object;
        private @Nullable T previous;

        private Change(NamedObjects<T> objects, String name, @Nullable T object) {
            this.objects = objects;
            this.name = name;
            this.object = object;
        }

        /** Tells whether it is a change to these objects. */
        public boolean of(NamedObjects<?> those) {
            return objects == those;
        }

        /** Puts back what was before. */
        public void undo() {
            objects.set(name, previous);
        }

        /** Makes the change, on top of what the name stands for now. */
        public void redo() {
            previous = objects.get(name);
            objects.set(name, object);
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
        Change<T> change = new Change<>(this, name, object);
        change.redo();
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
