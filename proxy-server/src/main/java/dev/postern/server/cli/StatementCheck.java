package dev.postern.server.cli;

import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.PolicyConfig;

/** Judges a text as a server would: what the composition root gives to {@code check}. */
@FunctionalInterface
public interface StatementCheck {

    /**
     * Returns the verdict on a text.
     *
     * @param configuration whose limits apply
     * @param policy whose rules apply
     * @throws UnusableConfigurationException if the gate cannot be set up with it
     */
    Verdict judge(Configuration configuration, PolicyConfig policy, SqlText text)
            throws UnusableConfigurationException;
}
