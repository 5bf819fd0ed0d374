package dev.postern.server.catalog;

/** Is told how looks at databases end. Called on any thread. */
@FunctionalInterface
public interface CatalogObserver {

    /** How a look at a database ended. */
    enum Result {
        /** A new snapshot was read. */
        READ,
        /** Nothing had changed. */
        UNCHANGED,
        /** It failed. */
        FAILED
    }

    /** A look has ended. */
    void looked(Result result);
}
