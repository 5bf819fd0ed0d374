package dev.postern.server.enforce;

import dev.postern.policy.Denial;
import dev.postern.policy.Rule;
import dev.postern.policy.SearchPathChanges;
import dev.postern.policy.Verdict;
import dev.postern.protocol.FrontendMessage;
import dev.postern.protocol.SqlState;
import dev.postern.session.Execution;
import dev.postern.session.ResponseTracker;
import org.jspecify.annotations.Nullable;

/**
 * Follows what a session's statements do to its search path. A change counts as possible once it is
 * forwarded, and as certain once a statement that does nothing else, and stood alone outside a
 * transaction, has succeeded. Used on the session's event loop.
 */
final class SearchPathTracker {

    private final SessionCatalog catalog;
    private final ResponseTracker tracker;

    /** What becomes certain if nothing but Sync follows, and no error. */
    private SearchPathChanges pending = SearchPathChanges.NONE;

    private @Nullable Execution pendingExecution;

    SearchPathTracker(SessionCatalog catalog, ResponseTracker tracker) {
        this.catalog = catalog;
        this.tracker = tracker;
    }

    /** Returns why a text must not run in this session, {@code null} if it may. */
    @Nullable Denial objection(Verdict.Allow verdict) {
        return catalog.mayChange(verdict.searchPath())
                ? null
                : new Denial(
                        Rule.QUOTA,
                        SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                        "this session has set search_path too often within transactions",
                        0,
                        "search_path",
                        "Set it in a statement of its own outside a transaction, or write names with their schemas.");
    }

    /** A message is met, perhaps again. */
    void onMessage(FrontendMessage message) {
        if (!(message instanceof FrontendMessage.Sync)
                && !(message instanceof FrontendMessage.Flush)) {
            pendingExecution = null;
        }
    }

    /** A statement is forwarded to run. */
    void onForwarded(Verdict verdict, Execution execution) {
        if (!(verdict instanceof Verdict.Allow allow)) {
            return;
        }
        if (!allow.prepared().executes().isEmpty() || isCursor(allow.summary().command())) {
            catalog.onKeptStatement();
        }
        if (allow.searchPath().isEmpty()) {
            return;
        }
        SearchPathChanges changes = allow.searchPath();
        boolean alone = changes.only() && tracker.transactionStatus() == 'I' && isFirst();
        catalog.onForwarded(changes);
        pending = changes;
        pendingExecution = alone ? execution : null;
    }

    private static boolean isCursor(String command) {
        return switch (command) {
            case "FETCH", "MOVE", "MULTIPLE" -> true;
            default -> false;
        };
    }

    /** Nothing that runs is under way: what is forwarded now is not in another's transaction. */
    private boolean isFirst() {
        return tracker.current() == null;
    }

    /** ReadyForQuery has come, outside of transactions. */
    void onIdle() {
        Execution execution = pendingExecution;
        if (execution != null && execution.error() == null) {
            catalog.onEffect(pending);
        }
        pendingExecution = null;
    }
}
