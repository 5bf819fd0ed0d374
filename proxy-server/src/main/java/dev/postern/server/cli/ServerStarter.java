package dev.postern.server.cli;

import dev.postern.server.config.Configuration;
import java.io.IOException;

/** Starts the server: what the composition root gives to {@code serve}. */
@FunctionalInterface
public interface ServerStarter {

    /**
     * Starts a server and returns when it is listening. After an exception nothing is left running.
     *
     * @throws UnusableConfigurationException if something that the configuration names cannot be
     *     used; the message names its key
     * @throws IOException if a port cannot be opened
     */
    RunningServer start(Configuration configuration)
            throws UnusableConfigurationException, IOException;
}
