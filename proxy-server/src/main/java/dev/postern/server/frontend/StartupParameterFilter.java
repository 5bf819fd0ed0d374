package dev.postern.server.frontend;

import org.jspecify.annotations.Nullable;

/**
 * Decides which run-time parameters an agent may set as it connects. Safe for use by any thread.
 */
@FunctionalInterface
public interface StartupParameterFilter {

    /**
     * Judges one parameter, from the startup packet itself or out of its {@code options}.
     *
     * @param name in lower case
     * @param value as given
     * @return {@code null} if it may be set; otherwise what would pass, in words for the error's
     *     HINT
     */
    @Nullable String hintIfRefused(String name, String value);
}
