package dev.postern.server.enforce;

import dev.postern.catalog.Catalog;
import java.util.function.Consumer;

/** A database whose catalog changes when a test says so. */
final class FixedCatalog implements CatalogAccess {

    Catalog catalog = Catalog.UNKNOWN;
    int looks;

    /** What the next look finds. */
    Catalog next = Catalog.UNKNOWN;

    @Override
    public Catalog current() {
        return catalog;
    }

    @Override
    public void lookAgain(Consumer<Catalog> whenDone) {
        looks++;
        catalog = next;
        whenDone.accept(catalog);
    }
}
