package dev.postern.identity;

import org.jspecify.annotations.Nullable;

/**
 * The agents that exist right now. Safe for use by any thread; a reload changes what it answers.
 */
@FunctionalInterface
public interface AgentDirectory {

    /** Returns the agent of this name, {@code null} if there is none. */
    @Nullable Agent find(String name);
}
