package dev.postern.server.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code policies.<name>.limits}.
 *
 * @param statementTimeout how long a statement may run
 * @param maxRows rows a statement may return; {@code null}: any number
 * @param maxResult bytes a statement may return; {@code null}: any number
 * @param maxSessions sessions one agent may have at a time
 * @param maxConnections connections to the upstream all its sessions may use; {@code null}: any
 *     number
 * @param maxAgentConnections connections one agent's sessions may use; {@code null}: any number
 * @param queriesPerMinute statements one agent may run in a minute; {@code null}: any number
 */
public record LimitsConfig(
        Duration statementTimeout,
        @Nullable Long maxRows,
        @Nullable Long maxResult,
        int maxSessions,
        @Nullable Integer maxConnections,
        @Nullable Integer maxAgentConnections,
        @Nullable Integer queriesPerMinute) {

    public LimitsConfig {
        Keys.LIMIT_STATEMENT_TIMEOUT.check(statementTimeout);
        Keys.LIMIT_MAX_ROWS.checkIfPresent(maxRows);
        Keys.LIMIT_MAX_RESULT.checkIfPresent(maxResult);
        Keys.LIMIT_MAX_SESSIONS.check(maxSessions);
        Keys.LIMIT_MAX_CONNECTIONS.checkIfPresent(maxConnections);
        Keys.LIMIT_MAX_AGENT_CONNECTIONS.checkIfPresent(maxAgentConnections);
        Keys.LIMIT_QUERIES_PER_MINUTE.checkIfPresent(queriesPerMinute);
    }
}
