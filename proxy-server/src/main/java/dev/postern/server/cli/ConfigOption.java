package dev.postern.server.cli;

import dev.postern.server.config.Configuration;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.config.InvalidConfigurationException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that nearly all commands share. */
final class ConfigOption {

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration file, such as postern.yaml.")
    private Path file = Path.of("postern.yaml");

    Path file() {
        return file;
    }

    /** Returns what the file holds. */
    Configuration load() throws TroubleException {
        try {
            return ConfigurationLoader.load(file);
        } catch (InvalidConfigurationException e) {
            throw invalid(e);
        }
    }

    static TroubleException invalid(InvalidConfigurationException e) {
        int count = e.problems().size();
        return new TroubleException(
                e.getMessage()
                        + (count == 1
                                ? ""
                                : "\n" + count + " problems; nothing was started or changed"));
    }
}
