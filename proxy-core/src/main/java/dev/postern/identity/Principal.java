package dev.postern.identity;

import org.jspecify.annotations.Nullable;

/**
 * Who asks: the agent that authenticated and the human on whose behalf it acts.
 *
 * @param agent the agent's configured name
 * @param human the human behind it; {@code null} if nobody is known
 * @param humanSource where {@code human} comes from; {@code null} exactly if {@code human} is
 * @param task what the agent says it is working on; {@code null} if it says nothing
 * @param prompt a reference to the prompt that led here, as the agent declares it
 */
public record Principal(
        String agent,
        @Nullable String human,
        @Nullable HumanSource humanSource,
        @Nullable String task,
        @Nullable String prompt) {

    /** How far a human's name can be trusted. */
    public enum HumanSource {
        /** The owner of the credential, from the configuration. */
        CREDENTIAL("credential"),
        /** From a token that was verified. */
        TOKEN("token"),
        /** As the agent declares it, unverified. */
        DECLARED("declared");

        private final String field;

        HumanSource(String field) {
            this.field = field;
        }

        /** The value of the audit field {@code human_source}. */
        public String field() {
            return field;
        }
    }
}
