package dev.postern.server.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A configuration file cannot be used. Lists everything that was found, in the order of the file.
 */
public final class InvalidConfigurationException extends Exception {

    private final transient List<Problem> problems;

    /**
     * @param problems what is wrong, at least one
     */
    public InvalidConfigurationException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** Returns what is wrong, in the order of the file. */
    public List<Problem> problems() {
        return problems;
    }
}
