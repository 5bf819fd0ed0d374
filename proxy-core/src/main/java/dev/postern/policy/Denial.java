package dev.postern.policy;

import dev.postern.protocol.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * One refusal, in the words the agent reads: what was refused, where, by which rule, and what would
 * pass.
 *
 * @param rule the stable reason
 * @param sqlState what the error carries
 * @param message MESSAGE: what was refused, in words
 * @param position character of the text counted from 1 where it stands, 0 if it has no place
 * @param object the name or construct that was refused, as written; {@code null} if none
 * @param hint HINT: what would pass
 */
public record Denial(
        Rule rule,
        SqlState sqlState,
        String message,
        int position,
        @Nullable String object,
        String hint) {}
