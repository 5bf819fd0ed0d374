package dev.postern.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code session}: what one session may hold.
 *
 * @param maxMessage bytes of one message with parameters
 * @param maxPreparedStatements prepared statements
 * @param maxPortals portals
 * @param maxPipeline messages that await their answers
 * @param writeBuffer bytes that may wait to be written to one side before the other is no longer
 *     read
 * @param idleTimeout until an idle session is closed; {@code null}: never
 */
public record SessionConfig(
        int maxMessage,
        int maxPreparedStatements,
        int maxPortals,
        int maxPipeline,
        int writeBuffer,
        @Nullable Duration idleTimeout) {

    public SessionConfig {
        Keys.SESSION_MAX_MESSAGE.check(maxMessage);
        Keys.SESSION_MAX_PREPARED_STATEMENTS.check(maxPreparedStatements);
        Keys.SESSION_MAX_PORTALS.check(maxPortals);
        Keys.SESSION_MAX_PIPELINE.check(maxPipeline);
        Keys.SESSION_WRITE_BUFFER.check(writeBuffer);
        Keys.SESSION_IDLE_TIMEOUT.checkIfPresent(idleTimeout);
    }
}
