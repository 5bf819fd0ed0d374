package dev.postern.server;

import dev.postern.catalog.Catalog;
import dev.postern.server.catalog.CatalogObserver;
import dev.postern.server.catalog.CatalogService;
import dev.postern.server.catalog.DatabaseKey;
import dev.postern.server.metrics.ServerMetrics;

/**
 * Counts into the metrics what becomes of catalogs.
 *
 * @param metrics where to
 */
record CatalogCounting(ServerMetrics metrics) implements CatalogObserver {

    @Override
    public void looked(Result result) {
        metrics.catalogRead(
                switch (result) {
                    case READ -> ServerMetrics.CatalogResult.READ;
                    case UNCHANGED -> ServerMetrics.CatalogResult.UNCHANGED;
                    case FAILED -> ServerMetrics.CatalogResult.FAILED;
                });
    }

    /** Publishes the databases that are looked after at this moment. */
    void publish(CatalogService catalogs) {
        for (DatabaseKey key : catalogs.databases()) {
            metrics.catalog(
                    key.upstream(),
                    key.database(),
                    () -> {
                        Catalog catalog = catalogs.current(key.upstream(), key.database());
                        return catalog == null ? Double.NaN : catalog.size();
                    },
                    () -> catalogs.ageSeconds(key));
        }
    }
}
