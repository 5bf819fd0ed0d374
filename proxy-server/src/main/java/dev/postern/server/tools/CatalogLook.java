package dev.postern.server.tools;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.SearchPath;
import org.jspecify.annotations.Nullable;

/**
 * What a look at a database showed.
 *
 * @param catalog what it holds; {@link Catalog#UNKNOWN} if that could not be read
 * @param host {@code host:port} that answered, {@code null} if none did
 * @param reason why none did, without secrets; {@code null} if one did
 */
public record CatalogLook(
        String database, Catalog catalog, @Nullable String host, @Nullable String reason) {

    /** A look that showed what the database holds. */
    public static CatalogLook read(String database, Catalog catalog, String host) {
        return new CatalogLook(database, catalog, host, null);
    }

    /** A look that showed nothing. */
    public static CatalogLook unread(String database, String reason) {
        return new CatalogLook(database, Catalog.UNKNOWN, null, reason);
    }

    /** Tells whether it is known what the database holds. */
    public boolean isRead() {
        return catalog.isKnown();
    }

    /**
     * Returns how a session sees it.
     *
     * @param path the search path that the session begins with, {@code null} for the role's own
     */
    public CatalogView view(@Nullable SearchPath path) {
        return path == null || !isRead()
                ? CatalogView.initial(catalog)
                : CatalogView.of(catalog, path);
    }
}
