package dev.postern.server.cli;

/**
 * Ends a command with {@link ExitCode#TROUBLE}. The message is for the user, on stderr, as it is.
 */
final class TroubleException extends Exception {

    TroubleException(String message) {
        super(message);
    }
}
