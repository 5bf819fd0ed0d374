package dev.postern.catalog;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How a session sees a catalog.
 *
 * @param catalog the snapshot
 * @param paths each search path that the session may have at this moment, at least one: where it
 *     cannot be told whether a change of it took effect, a text must be harmless under all
 * @param initial the search path that a reset goes back to
 * @param parameterTypes the types that a text's parameters are declared to have, without
 *     PostgreSQL's own
 */
public record CatalogView(
        Catalog catalog, List<SearchPath> paths, SearchPath initial, Oids parameterTypes) {

    /** What is seen where no catalog has been read. */
    public static final CatalogView UNKNOWN = initial(Catalog.UNKNOWN);

    public CatalogView {
        paths = List.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("no search path");
        }
    }

    /** The view of a session that has changed nothing. */
    public static CatalogView initial(Catalog catalog) {
        return of(catalog, catalog.defaultPath());
    }

    /** The view of a session that begins with a search path of its own. */
    public static CatalogView of(Catalog catalog, SearchPath path) {
        return new CatalogView(catalog, List.of(path), path, Oids.NONE);
    }

    /** Returns the same view for a text whose parameters are declared to have these types. */
    public CatalogView withParameterTypes(Oids types) {
        return types.equals(parameterTypes)
                ? this
                : new CatalogView(catalog, paths, initial, types);
    }

    /** Returns the same view with these paths instead. */
    public CatalogView withPaths(List<SearchPath> others) {
        return new CatalogView(catalog, others, initial, parameterTypes);
    }

    /** Returns the same view where these paths may apply as well. */
    public CatalogView andPaths(List<SearchPath> more) {
        Set<SearchPath> all = new LinkedHashSet<>(paths);
        return all.addAll(more) ? withPaths(new ArrayList<>(all)) : this;
    }
}
