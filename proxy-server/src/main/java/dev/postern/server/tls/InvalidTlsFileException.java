package dev.postern.server.tls;

import java.nio.file.Path;

/**
 * A key or certificate file that cannot be used. The message names the file and holds nothing of
 * it.
 */
public final class InvalidTlsFileException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Path file;

    InvalidTlsFileException(Path file, String message) {
        super(file + ": " + message);
        this.file = file;
    }

    /** Returns the file. */
    public Path file() {
        return file;
    }
}
