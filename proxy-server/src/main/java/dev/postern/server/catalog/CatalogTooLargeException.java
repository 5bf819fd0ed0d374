package dev.postern.server.catalog;

/** A database holds more than a catalog may. The message says what and how much. */
public final class CatalogTooLargeException extends Exception {

    private static final long serialVersionUID = 1L;

    CatalogTooLargeException(String message) {
        super(message);
    }
}
