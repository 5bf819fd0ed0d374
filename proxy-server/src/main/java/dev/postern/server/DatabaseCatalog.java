package dev.postern.server;

import dev.postern.catalog.Catalog;
import dev.postern.server.catalog.CatalogService;
import dev.postern.server.enforce.CatalogAccess;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session's access to its database's catalog: the last snapshot there was, if there is none.
 */
final class DatabaseCatalog implements CatalogAccess {

    private final CatalogService catalogs;
    private final String upstream;
    private final String database;
    private volatile Catalog last;

    /**
     * Makes one.
     *
     * @param first the present snapshot
     */
    DatabaseCatalog(CatalogService catalogs, String upstream, String database, Catalog first) {
        this.catalogs = catalogs;
        this.upstream = upstream;
        this.database = database;
        this.last = first;
    }

    @Override
    public Catalog current() {
        return known(catalogs.current(upstream, database));
    }

    @Override
    public void lookAgain(Consumer<Catalog> whenDone) {
        catalogs.lookAgain(upstream, database).thenAccept(found -> whenDone.accept(known(found)));
    }

    private Catalog known(@Nullable Catalog found) {
        if (found != null) {
            last = found;
        }
        return last;
    }
}
