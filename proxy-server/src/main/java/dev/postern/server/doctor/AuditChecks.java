package dev.postern.server.doctor;

import dev.postern.server.config.AuditConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether the trail can be written, for long enough, and read by nobody else. */
public final class AuditChecks implements Check {

    /** How many files of full length there should be room for, beside the journal. */
    static final int FILES_OF_ROOM = 2;

    private static final long MEBIBYTE = 1L << 20;
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE,
                    PosixFilePermission.OTHERS_EXECUTE);

    private final AuditConfig.File audit;

    public AuditChecks(Patient patient) {
        audit = patient.configuration().audit().file();
    }

    @Override
    public List<Finding> run() {
        Path directory = audit.directory();
        Path there = existing(directory);
        if (there == null) {
            return List.of(
                    CheckCode.AUDIT_WRITABLE.fail(
                            directory.toString(),
                            "neither it nor what it would be in exists",
                            "Make it, for Postern's user only."));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(writable(directory, there));
        if (there.equals(directory)) {
            findings.add(isPrivate(directory));
        }
        findings.add(space(directory, there));
        return findings;
    }

    private static @Nullable Path existing(Path directory) {
        Path path = directory;
        while (path != null && !Files.exists(path)) {
            path = path.getParent();
        }
        return path;
    }

    private static Finding writable(Path directory, Path there) {
        String remedy =
                "Let the user that runs Postern write there, or set audit.file.directory. Run doctor as that user.";
        if (!Files.isDirectory(there)) {
            return CheckCode.AUDIT_WRITABLE.fail(
                    directory.toString(), there + " is no directory", remedy);
        }
        try {
            Files.delete(Files.createTempFile(there, ".postern-doctor-", ""));
            return CheckCode.AUDIT_WRITABLE.ok(
                    directory.toString(),
                    there.equals(directory) ? "can be written" : "can be made");
        } catch (IOException e) {
            return CheckCode.AUDIT_WRITABLE.fail(
                    directory.toString(), there + " cannot be written", remedy);
        }
    }

    private static Finding isPrivate(Path directory) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
            return OTHERS.stream().anyMatch(permissions::contains)
                    ? CheckCode.AUDIT_PRIVATE.fail(
                            directory.toString(),
                            "every user of this machine can look into it",
                            "chmod o-rwx " + directory)
                    : CheckCode.AUDIT_PRIVATE.ok(directory.toString(), "closed to others");
        } catch (UnsupportedOperationException e) {
            return CheckCode.AUDIT_PRIVATE.note(
                    directory.toString(),
                    "its file system knows no permissions",
                    "Keep others from it by other means.");
        } catch (IOException e) {
            return CheckCode.AUDIT_PRIVATE.fail(
                    directory.toString(),
                    "its permissions cannot be read",
                    "Run doctor as the user that runs Postern.");
        }
    }

    private Finding space(Path directory, Path there) {
        long needed = FILES_OF_ROOM * audit.rotate() + audit.journal();
        try {
            long usable = Files.getFileStore(there).getUsableSpace();
            String room = usable / MEBIBYTE + " MiB free";
            return usable >= needed
                    ? CheckCode.AUDIT_SPACE.ok(directory.toString(), room)
                    : CheckCode.AUDIT_SPACE.fail(
                            directory.toString(),
                            room
                                    + ", less than the "
                                    + needed / MEBIBYTE
                                    + " MiB of "
                                    + FILES_OF_ROOM
                                    + " files and the journal",
                            "Make room: what cannot be recorded is not executed.");
        } catch (IOException e) {
            return CheckCode.AUDIT_SPACE.fail(
                    directory.toString(),
                    "how much room there is cannot be told",
                    "Look at the file system of " + there + ".");
        }
    }
}
