package dev.postern.server.catalog;

/** An upstream has no host to read from. */
final class NoHostException extends Exception {

    private static final long serialVersionUID = 1L;

    NoHostException() {
        super("no host to read from");
    }
}
