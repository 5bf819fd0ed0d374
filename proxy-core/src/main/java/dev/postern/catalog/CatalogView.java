package dev.postern.catalog;

import java.util.List;

/**
 * How a session sees a catalog.
 *
 * @param catalog the snapshot
 * @param paths each search path that the session may have at this moment, at least one: where it
 *     cannot be told whether a change of it took effect, a text must be harmless under all
 * @param parameterTypes the types that a text's parameters are declared to have, without
 *     PostgreSQL's own
 */
public record CatalogView(Catalog catalog, List<SearchPath> paths, Oids parameterTypes) {

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
        return new CatalogView(catalog, List.of(catalog.defaultPath()), Oids.NONE);
    }

    /** Returns the same view for a text whose parameters are declared to have these types. */
    public CatalogView withParameterTypes(Oids types) {
        return types.equals(parameterTypes) ? this : new CatalogView(catalog, paths, types);
    }
}
