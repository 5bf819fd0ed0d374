package dev.postern.server.frontend;

/** Hears of logins that were refused: the audit trail and the metrics. */
@FunctionalInterface
public interface LoginListener {

    /** Called once for each refused connection, on its event loop; does not block. */
    void onRefused(RefusedLogin refused);
}
