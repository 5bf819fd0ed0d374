package dev.postern.server.demo;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The folder that holds all of one demo. One that the user names is kept; one in the folder for
 * temporary files goes with the demo, and what a demo that was killed could not remove goes with
 * the next.
 *
 * @param path where
 * @param kept whether it stays
 */
public record DemoDirectory(Path path, boolean kept) implements AutoCloseable {

    private static final String PREFIX = "postern-demo-";
    private static final Pattern TEMPORARY = Pattern.compile(PREFIX + "(\\d+)-.*");

    /**
     * Takes a folder that the user names.
     *
     * @throws IOException if it holds something already
     */
    public static DemoDirectory named(Path path) throws IOException {
        Path whole = Files.createDirectories(path).toRealPath();
        try (DirectoryStream<Path> content = Files.newDirectoryStream(whole)) {
            if (content.iterator().hasNext()) {
                throw new IOException(path + " is not empty");
            }
        }
        return new DemoDirectory(whole, true);
    }

    /** Makes a temporary folder and removes those of demos that are no more. */
    public static DemoDirectory temporary() throws IOException {
        Path mine =
                Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-")
                        .toRealPath();
        try (DirectoryStream<Path> siblings =
                Files.newDirectoryStream(mine.resolveSibling(""), PREFIX + "*")) {
            for (Path sibling : siblings) {
                if (isAbandoned(sibling)) {
                    Directories.delete(sibling);
                }
            }
        }
        return new DemoDirectory(mine, false);
    }

    private static boolean isAbandoned(Path directory) throws IOException {
        Matcher name = TEMPORARY.matcher(directory.getFileName().toString());
        return name.matches()
                && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
                && Files.isWritable(directory);
    }

    @Override
    public void close() throws IOException {
        if (!kept) {
            Directories.delete(path);
        }
    }
}
