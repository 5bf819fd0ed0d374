package dev.postern.server.enforce;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.SearchPath;
import dev.postern.policy.SearchPathChanges;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one session sees its database: the present snapshot, and each search path that may apply. A
 * change of the path may be undone by a rollback or fail, so that the earlier ones count on until
 * it is certain that it took effect. Used on the session's event loop.
 */
final class SessionCatalog {

    /** A session that sets more paths than this, none of them for certain, may set no other. */
    static final int MAX_PATHS = 16;

    private final CatalogAccess access;
    private final @Nullable SearchPath initial;

    /** Paths that a statement kept by the session, prepared or as a cursor, may set once more. */
    private final Set<SearchPath> kept = new LinkedHashSet<>();

    private Catalog catalog;
    private CatalogView view;

    /**
     * Makes one for a new session.
     *
     * @param initial the search path that the agent asked for at its start, {@code null} if none
     */
    SessionCatalog(CatalogAccess access, @Nullable SearchPath initial) {
        this.access = access;
        this.initial = initial;
        this.catalog = access.current();
        this.view = CatalogView.of(catalog, first(catalog));
    }

    private SearchPath first(Catalog of) {
        return initial == null ? of.defaultPath() : initial;
    }

    /** Returns the present view. */
    @SuppressWarnings("ReferenceEquality") // a snapshot is replaced as a whole
    CatalogView view() {
        Catalog now = access.current();
        if (now != catalog) {
            Set<SearchPath> paths = new LinkedHashSet<>();
            for (SearchPath path : view.paths()) {
                boolean initialPath = path.equals(first(catalog));
                paths.add(initialPath ? first(now) : path);
            }
            catalog = now;
            use(new ArrayList<>(paths));
        }
        return view;
    }

    /** Tells whether a text may change the path as it does. */
    boolean mayChange(SearchPathChanges changes) {
        return changes.paths().size() + view.paths().size() + kept.size() <= MAX_PATHS;
    }

    /** A text that may change the path is forwarded. */
    void onForwarded(SearchPathChanges changes) {
        if (changes.isEmpty()) {
            return;
        }
        Set<SearchPath> paths = new LinkedHashSet<>(view.paths());
        paths.addAll(changes.paths());
        if (changes.resets()) {
            paths.add(first(catalog));
        }
        if (!changes.only()) {
            kept.addAll(changes.paths());
        }
        if (paths.size() != view.paths().size()) {
            use(new ArrayList<>(paths));
        }
    }

    /** A statement that the session has kept may run. */
    void onKeptStatement() {
        if (!view.paths().containsAll(kept)) {
            Set<SearchPath> paths = new LinkedHashSet<>(view.paths());
            paths.addAll(kept);
            use(new ArrayList<>(paths));
        }
    }

    /** Such a text, which does nothing else and stood alone, has taken effect. */
    void onEffect(SearchPathChanges changes) {
        List<SearchPath> set = changes.paths();
        use(List.of(set.isEmpty() ? first(catalog) : set.getLast()));
    }

    /** Has the database looked at again. */
    void lookAgain(Runnable whenDone) {
        access.lookAgain(now -> whenDone.run());
    }

    private void use(List<SearchPath> paths) {
        view = CatalogView.of(catalog, first(catalog)).withPaths(paths);
    }
}
