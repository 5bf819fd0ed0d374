package dev.postern.server.doctor;

import static dev.postern.server.doctor.CheckCode.AUDIT_PRIVATE;
import static dev.postern.server.doctor.CheckCode.AUDIT_SPACE;
import static dev.postern.server.doctor.CheckCode.AUDIT_WRITABLE;
import static dev.postern.server.doctor.Patients.POLICY;
import static dev.postern.server.doctor.Patients.SHOP;
import static dev.postern.server.doctor.Patients.found;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditChecksTest {

    @TempDir private Path directory;

    private List<Finding> run(String file) {
        return new AuditChecks(
                        Patients.of(directory, SHOP, POLICY, "audit: {file: {" + file + "}}\n"))
                .run();
    }

    private Path audit(String permissions) throws Exception {
        return Files.createDirectory(
                directory.resolve("audit"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
    }

    @Test
    void directoryOfPosternsOwn_isOkAndLeftAsItWas() throws Exception {
        Path audit = audit("rwx------");
        List<Finding> findings = run("rotate: 1MiB");

        assertThat(findings).hasSize(3).allMatch(finding -> finding.level() == Level.OK);
        assertThat(found(findings, AUDIT_WRITABLE))
                .containsExactly("OK " + audit + ": can be written");
        try (Stream<Path> content = Files.list(audit)) {
            assertThat(content).isEmpty();
        }
    }

    @Test
    void directoryThatIsNotThere_canBeMade() {
        assertThat(found(run("directory: a/b/c, rotate: 1MiB"), AUDIT_WRITABLE))
                .containsExactly("OK " + directory.resolve("a/b/c") + ": can be made");
        assertThat(directory.resolve("a")).doesNotExist();
    }

    @Test
    void directoryThatCannotBeWritten_fails() throws Exception {
        Files.writeString(directory.resolve("plain"), "");

        assertThat(found(run("directory: plain/audit"), AUDIT_WRITABLE))
                .containsExactly(
                        "FAIL "
                                + directory.resolve("plain/audit")
                                + ": "
                                + directory.resolve("plain")
                                + " is no directory");
        assertThat(found(run("directory: /proc/postern/audit"), AUDIT_WRITABLE))
                .containsExactly("FAIL /proc/postern/audit: /proc cannot be written");
    }

    @Test
    void directoryOpenToOthers_fails() throws Exception {
        Path audit = audit("rwxr-x---");
        Files.setPosixFilePermissions(audit, PosixFilePermissions.fromString("rwxr-xr-x"));

        List<Finding> findings = run("rotate: 1MiB");

        assertThat(found(findings, AUDIT_PRIVATE))
                .containsExactly("FAIL " + audit + ": every user of this machine can look into it");
    }

    @Test
    void diskWithoutRoom_fails() throws Exception {
        audit("rwx------");

        assertThat(found(run("rotate: 1024GiB"), AUDIT_SPACE))
                .singleElement()
                .asString()
                .startsWith("FAIL ")
                .contains(" MiB free, less than the 2097168 MiB of 2 files and the journal");
    }
}
