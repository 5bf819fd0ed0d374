package dev.postern.server.config;

/**
 * A record was about to be made of values that do not fit together. Carries the key at fault,
 * relative to the record's own section.
 */
public final class InvalidValueException extends IllegalArgumentException {

    private final String key;
    private final String problem;

    /**
     * @param key the key at fault within the section; empty for the section itself
     * @param problem what is wrong and what would be right; never a secret
     */
    public InvalidValueException(String key, String problem) {
        super(problem);
        this.key = key;
        this.problem = problem;
    }

    /** Returns the key at fault within the section, empty for the section itself. */
    public String key() {
        return key;
    }

    /** Returns what is wrong. */
    public String problem() {
        return problem;
    }
}
