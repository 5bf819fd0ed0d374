package dev.postern.policy;

import org.jspecify.annotations.Nullable;

/**
 * What stands against a text. Under a policy that observes, rules for relations and functions only
 * take note; all others refuse.
 */
final class Findings {

    private final boolean observes;
    private int start;
    private @Nullable Denial refusal;
    private @Nullable Denial observed;

    Findings(Policy policy) {
        this.observes = policy.observes();
    }

    /** What follows stands against a statement that begins at this character, counted from 1. */
    void in(int newStart) {
        start = newStart;
    }

    /** Adds what stands against it, if anything; tells whether it is refused. */
    boolean add(@Nullable Denial denial) {
        if (denial == null || refusal != null) {
            return refusal != null;
        }
        if (!observes || !denial.rule().isObservable()) {
            refusal = denial.atLeastAt(start);
            return true;
        }
        if (observed == null) {
            observed = denial.atLeastAt(start);
        }
        return false;
    }

    /** Returns why the text is refused, {@code null} if it is not. */
    @Nullable Denial refusal() {
        return refusal;
    }

    /** Returns what it would have been refused for, {@code null} if for nothing. */
    @Nullable Denial observed() {
        return observed;
    }

    /** Returns what stands against it, refused or only observed; {@code null} if nothing. */
    @Nullable Denial any() {
        return refusal == null ? observed : refusal;
    }
}
