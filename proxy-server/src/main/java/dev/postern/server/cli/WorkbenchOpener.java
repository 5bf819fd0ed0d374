package dev.postern.server.cli;

import dev.postern.server.config.Configuration;
import dev.postern.server.tools.Workbench;

/** What the composition root gives to commands that judge statements. */
@FunctionalInterface
public interface WorkbenchOpener {

    /**
     * Makes ready to judge.
     *
     * @param configuration whose limits and upstreams apply
     * @param offline whether to connect to no server
     * @throws UnusableConfigurationException if the gate cannot be set up with it
     */
    Workbench open(Configuration configuration, boolean offline)
            throws UnusableConfigurationException;
}
