package dev.postern.server.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The directory of a trail and the names in it: {@code audit-<UTC time>.jsonl}, {@code journal},
 * {@code lock}. What is made here is for its owner only.
 */
public final class AuditDirectory {

    private static final Pattern FILE_NAME =
            Pattern.compile("audit-\\d{8}T\\d{6}\\.\\d{3}Z\\.jsonl");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

    private AuditDirectory() {}

    /** Returns the audit files in the order in which they were written. */
    public static List<Path> files(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "audit-*.jsonl")) {
            for (Path file : all) {
                if (FILE_NAME.matcher(file.getFileName().toString()).matches()) {
                    files.add(file);
                }
            }
        }
        files.sort(null);
        return files;
    }

    /** Returns where the next file goes: named by the time, but always after those that exist. */
    static Path nextFile(Path directory, Instant now) throws IOException {
        List<Path> existing = files(directory);
        Path last = existing.isEmpty() ? null : existing.getLast();
        Instant time = now;
        Path next = directory.resolve("audit-" + TIME.format(time) + ".jsonl");
        if (last != null && next.compareTo(last) <= 0) {
            String name = last.getFileName().toString();
            time =
                    TIME.parse(
                                    name.substring(
                                            "audit-".length(), name.length() - ".jsonl".length()),
                                    Instant::from)
                            .plusMillis(1);
            next = directory.resolve("audit-" + TIME.format(time) + ".jsonl");
        }
        return next;
    }

    /** Makes the directory if it does not exist, for its owner only. */
    static void create(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, ownerOnly(directory, "rwx------"));
        }
    }

    static Path journal(Path directory) {
        return directory.resolve("journal");
    }

    /**
     * Takes the directory for this process; closing the channel gives it back, as does the end of
     * the process.
     *
     * @throws IOException if another process has it
     */
    static FileChannel lock(Path directory) throws IOException {
        Path file = directory.resolve("lock");
        FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        ownerOnlyAttributes(file));
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw new IOException(
                    "another Postern process writes to "
                            + directory
                            + ": give each its own directory");
        }
        return channel;
    }

    /**
     * Returns what makes a file readable and writable for its owner only, where the file system
     * knows owners.
     */
    static FileAttribute<?>[] ownerOnlyAttributes(Path file) {
        return ownerOnly(file, "rw-------");
    }

    private static FileAttribute<?>[] ownerOnly(Path file, String permissions) {
        boolean posix =
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                        && file.getFileSystem().equals(FileSystems.getDefault());
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
