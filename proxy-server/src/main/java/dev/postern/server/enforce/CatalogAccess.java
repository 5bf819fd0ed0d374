package dev.postern.server.enforce;

import dev.postern.catalog.Catalog;
import java.util.function.Consumer;

/** The catalog of the database that a session is connected to. */
public interface CatalogAccess {

    /** Returns the present snapshot. */
    Catalog current();

    /**
     * Has the database looked at again, because a text names what the snapshot does not have.
     *
     * @param whenDone called exactly once, on any thread, with the snapshot after the look, which
     *     is the present one if there was no newer
     */
    void lookAgain(Consumer<Catalog> whenDone);
}
