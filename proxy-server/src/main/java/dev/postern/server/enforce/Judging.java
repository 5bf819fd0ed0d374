package dev.postern.server.enforce;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Policy;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One text on its way to a verdict, and all who wait for it. */
final class Judging {

    private final Policy policy;
    private final CatalogView view;
    private final SqlText text;
    private final long arrivedNanos;
    private final List<Consumer<Verdict>> waiting = new ArrayList<>(1);
    private @Nullable Verdict verdict;

    Judging(Policy policy, CatalogView view, SqlText text, long arrivedNanos) {
        this.policy = policy;
        this.view = view;
        this.text = text;
        this.arrivedNanos = arrivedNanos;
    }

    /** What tells whether two are the same. */
    record Key(Policy policy, CatalogView view, SqlText text) {}

    Policy policy() {
        return policy;
    }

    CatalogView view() {
        return view;
    }

    SqlText text() {
        return text;
    }

    long arrivedNanos() {
        return arrivedNanos;
    }

    Key key() {
        return new Key(policy, view, text);
    }

    /** Calls back once there is a verdict, at once if there is one. */
    void whenDone(Consumer<Verdict> callback) {
        Verdict known;
        synchronized (this) {
            known = verdict;
            if (known == null) {
                waiting.add(callback);
            }
        }
        if (known != null) {
            callback.accept(known);
        }
    }

    /** Gives the verdict to all who wait; later calls are without effect. */
    void complete(Verdict done) {
        List<Consumer<Verdict>> callbacks;
        synchronized (this) {
            if (verdict != null) {
                return;
            }
            verdict = done;
            callbacks = List.copyOf(waiting);
            waiting.clear();
        }
        callbacks.forEach(callback -> callback.accept(done));
    }
}
