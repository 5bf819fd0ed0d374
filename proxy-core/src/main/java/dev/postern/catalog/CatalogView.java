package dev.postern.catalog;

import java.util.List;

/**
 * How a session sees a catalog.
 *
 * @param catalog the snapshot
 * @param paths each search path that the session may have at this moment, at least one: where it
 *     cannot be told whether a change of it took effect, a text must be harmless under all
 */
public record CatalogView(Catalog catalog, List<SearchPath> paths) {

    public CatalogView {
        paths = List.copyOf(paths);
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("no search path");
        }
    }

    /** The view of a session that has changed nothing. */
    public static CatalogView initial(Catalog catalog) {
        return new CatalogView(catalog, List.of(catalog.defaultPath()));
    }
}
