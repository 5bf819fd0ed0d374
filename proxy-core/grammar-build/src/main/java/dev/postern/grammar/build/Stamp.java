package dev.postern.grammar.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file that remembers from which inputs something was made, so that it is made again only when
 * they change.
 *
 * @param file holds the SHA-256 of the inputs
 */
record Stamp(Path file) {

    /**
     * Tells whether what was stamped was made from inputs equal to these.
     *
     * @param inputs files, or folders for all files below
     */
    boolean holds(List<Path> inputs) throws IOException {
        return Files.exists(file) && Files.readString(file).equals(digest(inputs));
    }

    void write(List<Path> inputs) throws IOException {
        Files.writeString(file, digest(inputs));
    }

    private static String digest(List<Path> inputs) throws IOException {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
        for (Path input : inputs) {
            try (Stream<Path> files = Files.walk(input)) {
                for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
                    sha256.update(Files.readAllBytes(each));
                }
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
