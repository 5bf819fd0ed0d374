package dev.postern.server.tools;

import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What another policy would change for statements that are alike: they differ in their constants
 * only.
 *
 * @param present the policy that applies now
 * @param candidate the one that would apply
 * @param now what becomes of them now
 * @param then what would become of them
 * @param statements distinct texts
 * @param runs how often they were sent
 * @param agents who sent them
 * @param lastSeen when the last was sent
 * @param example one of them
 */
public record PolicyChange(
        Kind kind,
        String present,
        String candidate,
        Outcome now,
        Outcome then,
        int statements,
        long runs,
        SortedSet<String> agents,
        String lastSeen,
        String example) {

    /** In what way it changes, worst first. */
    public enum Kind {
        /** It passes now. */
        NEWLY_DENIED,
        /** It does not pass now. */
        NEWLY_ALLOWED,
        /** It does not pass, for another reason. */
        OTHER_RULE,
        /** It passes, and a rule that only observes would take note. */
        NEWLY_NOTED,
        /** It passes, and no rule would take note any more. */
        NO_LONGER_NOTED;

        /** Tells whether an agent would notice. */
        public boolean isForAgents() {
            return switch (this) {
                case NEWLY_DENIED, NEWLY_ALLOWED, OTHER_RULE -> true;
                case NEWLY_NOTED, NO_LONGER_NOTED -> false;
            };
        }
    }

    /**
     * What becomes of a statement.
     *
     * @param passes whether it runs
     * @param rule what refuses it, or takes note; {@code null} if nothing
     * @param message the same in words
     * @param hint what would pass
     */
    public record Outcome(
            boolean passes,
            @Nullable String rule,
            @Nullable String message,
            @Nullable String hint) {

        static final Outcome ALLOWED = new Outcome(true, null, null, null);

        static Outcome refused(String rule, String message) {
            return new Outcome(false, rule, message, null);
        }
    }
}
