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

    private @Nullable Change<T> unnamed;
    private @Nullable Map<String, Change<T>> named;

    /** How often {@linkplain #endSettled all that was settled has ended}. */
    private long ends;

    /**
     * A change that is not settled at first. Undone latest change first; what was undone may be
     * made again in the order it was first made.
     */
    public static final class Change<T> {

        private final NamedObjects<T> objects;
        private final String name;
        private final @Nullable T object;
        private @Nullable Change<T> previous;
        private boolean settled;
        private long settledAt;

        private Change(NamedObjects<T> objects, String name, @Nullable T object) {
            this.objects = objects;
            this.name = name;
            this.object = object;
        }

        /** Puts back what was before, unless it has ended meanwhile. */
        public void undo() {
            objects.set(name, previous == null || previous.hasEnded() ? null : previous);
        }

        /** Makes the change, on top of what the name stands for now. */
        public void redo() {
            previous = objects.maker(name);
            objects.set(name, object == null ? null : this);
        }

        /** The upstream has made the change: it will not be undone. */
        public void settle() {
            settled = true;
            settledAt = objects.ends;
            previous = null;
        }

        private boolean hasEnded() {
            return settled && settledAt < objects.ends;
        }
    }

    /** Returns what a name stands for, {@code null} if nothing. */
    public @Nullable T get(String name) {
        Change<T> maker = maker(name);
        return maker == null ? null : maker.object;
    }

    /** Makes a name stand for something. */
    public Change<T> put(String name, T object) {
        return change(name, object);
    }

    /** Makes a name stand for nothing. */
    public Change<T> remove(String name) {
        return change(name, null);
    }

    /**
     * Forgets objects that have ended at the upstream: all that are settled. What messages on their
     * way make of the names stays.
     */
    public void endSettled() {
        ends++;
        if (unnamed != null && unnamed.hasEnded()) {
            unnamed = null;
        }
        if (named != null && !named.isEmpty()) {
            named.values().removeIf(Change::hasEnded);
        }
    }

    /** Returns how many names stand for something, the unnamed object not counted. */
    public int size() {
        return named == null ? 0 : named.size();
    }

    private @Nullable Change<T> maker(String name) {
        if (name.isEmpty()) {
            return unnamed;
        }
        return named == null ? null : named.get(name);
    }

    private Change<T> change(String name, @Nullable T object) {
        Change<T> change = new Change<>(this, name, object);
        change.redo();
        return change;
    }

    private void set(String name, @Nullable Change<T> maker) {
        if (name.isEmpty()) {
            unnamed = maker;
        } else if (maker == null) {
            if (named != null) {
                named.remove(name);
            }
        } else {
            if (named == null) {
                named = new HashMap<>();
            }
            named.put(name, maker);
        }
    }
}
