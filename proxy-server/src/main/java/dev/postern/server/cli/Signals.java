package dev.postern.server.cli;

/** The signals that reach this process. */
public interface Signals {

    /** What {@code serve} listens to. */
    enum Name {
        /** Drain and end; sent by service managers. */
        TERM,
        /** Drain and end; sent by Ctrl-C. */
        INT,
        /** Read the configuration again. */
        HUP
    }

    /**
     * Runs an action, on a thread of its own, each time a signal arrives; takes the place of what
     * the signal did before.
     */
    void on(Name name, Runnable action);

    /** Ends the process at once. */
    void halt(int exitCode);

    /** Returns the signals of the operating system. */
    static Signals ofProcess() {
        return new ProcessSignals();
    }
}
