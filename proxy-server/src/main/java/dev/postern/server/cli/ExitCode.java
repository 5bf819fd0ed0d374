package dev.postern.server.cli;

/** What every command ends with. */
final class ExitCode {

    /** It is so, or it was done. */
    static final int YES = 0;

    /** It is not so. */
    static final int NO = 1;

    /**
     * The question could not be answered, or the thing could not be done; the reason is on stderr.
     */
    static final int TROUBLE = 2;

    private ExitCode() {}
}
