package dev.postern.server.cli;

import dev.postern.server.config.Configuration;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A server that is listening, as {@code serve} sees it. Methods are called by one thread at a time.
 */
public interface RunningServer {

    /** Returns where agents connect, with the port that was really taken. */
    InetSocketAddress address();

    /** Returns where the admin port is, with the port that was really taken. */
    InetSocketAddress adminAddress();

    /**
     * Takes over policies, agents and certificates, without dropping a session.
     *
     * @throws UnusableConfigurationException if something that the configuration names cannot be
     *     used; nothing has changed then
     */
    void reload(Configuration configuration) throws UnusableConfigurationException;

    /**
     * Learns that a changed file was not taken over, for the audit trail and metrics.
     *
     * @param reason why, without secrets
     */
    void reloadRefused(String reason);

    /**
     * Accepts no more connections, lets sessions finish their statements, then closes everything.
     * Returns when that is done or the time is over; sessions that are left are cut off.
     */
    void drain(Duration timeout);
}
