package dev.postern.server.cli;

import dev.postern.server.config.ConfigurationFile;
import dev.postern.server.config.InvalidConfigurationException;
import dev.postern.server.config.InvalidValueException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Runs a change of a configuration file's agents, and turns what may go wrong into words for the
 * user.
 */
final class AgentChange {

    private AgentChange() {}

    /** A change. */
    @FunctionalInterface
    interface Change {
        void apply(ConfigurationFile file)
                throws InvalidConfigurationException,
                        ConfigurationFile.RefusedException,
                        IOException;
    }

    static void run(Path file, Change change) throws TroubleException {
        try {
            change.apply(new ConfigurationFile(file));
        } catch (InvalidConfigurationException e) {
            throw ConfigOption.invalid(e);
        } catch (ConfigurationFile.RefusedException e) {
            throw new TroubleException(e.reason());
        } catch (InvalidValueException e) {
            throw new TroubleException("--" + e.key() + ": " + e.problem());
        } catch (IOException e) {
            throw new TroubleException(file + " cannot be changed: " + e.getMessage());
        }
    }
}
