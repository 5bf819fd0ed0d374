package dev.postern.server.cli;

import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.config.InvalidConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says which trail is meant: by its directory, or by the configuration that names it. */
final class TrailLocation {

    @ArgGroup(exclusive = true, multiplicity = "1")
    private Choice choice = new Choice();

    static final class Choice {

        @Parameters(paramLabel = "DIR", description = "The directory of the trail.")
        private @Nullable Path directory;

        @Option(
                names = {"-c", "--config"},
                paramLabel = "FILE",
                description = "The configuration file that names the directory.")
        private @Nullable Path config;
    }

    Path directory() throws TroubleException {
        Path directory = choice.directory != null ? choice.directory : configured();
        if (!Files.isDirectory(directory)) {
            throw new TroubleException("there is no directory " + directory);
        }
        return directory;
    }

    private Path configured() throws TroubleException {
        Path config = choice.config;
        if (config == null) {
            throw new TroubleException(
                    "name the directory of the trail, or the configuration file with --config");
        }
        try {
            return ConfigurationLoader.load(config).audit().file().directory();
        } catch (InvalidConfigurationException e) {
            throw ConfigOption.invalid(e);
        }
    }
}
