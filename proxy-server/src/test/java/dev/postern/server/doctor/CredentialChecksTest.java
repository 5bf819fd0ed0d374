package dev.postern.server.doctor;

import static dev.postern.server.doctor.CheckCode.CREDENTIAL_AGE;
import static dev.postern.server.doctor.CheckCode.CREDENTIAL_UPSTREAM;
import static dev.postern.server.doctor.Patients.NOW;
import static dev.postern.server.doctor.Patients.POLICY;
import static dev.postern.server.doctor.Patients.SHOP;
import static dev.postern.server.doctor.Patients.found;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.server.secrets.SecretResolver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialChecksTest {

    private static final String SECRET = "correct horse battery staple";

    @TempDir private Path directory;

    private List<Finding> run(String password) {
        Patient patient = Patients.of(directory, SHOP, password, POLICY);
        List<Finding> findings =
                new CredentialChecks(
                                patient,
                                SecretResolver.standard(Map.of("PASSWORD", SECRET), directory))
                        .run();
        assertThat(findings.toString()).doesNotContain(SECRET);
        return findings;
    }

    private List<Finding> file(String permissions, Duration age) throws Exception {
        Path file = Files.writeString(directory.resolve("password"), SECRET);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        Files.setLastModifiedTime(file, FileTime.from(NOW.minus(age)));
        return run("    password: \"${file:password}\"\n");
    }

    @Test
    void freshFileThatOthersCannotRead_isOkWithItsAge() throws Exception {
        List<Finding> findings = file("rw-r-----", Duration.ofHours(50));

        assertThat(found(findings, CREDENTIAL_UPSTREAM))
                .containsExactly("OK shop: kept in ${file:password}, closed to others");
        assertThat(found(findings, CREDENTIAL_AGE))
                .containsExactly("OK shop: ${file:password} was written 2 d ago");
    }

    @Test
    void fileThatOthersCanReadOrChange_fails() throws Exception {
        for (String permissions : List.of("rw-r--r--", "rw-----w-")) {
            List<Finding> findings = file(permissions, Duration.ZERO);

            assertThat(found(findings, CREDENTIAL_UPSTREAM))
                    .containsExactly(
                            "FAIL shop: kept in ${file:password}, which every user of this machine can read or change");
            assertThat(findings.getFirst().remedy())
                    .isEqualTo("chmod o-rwx " + directory.resolve("password"));
        }
    }

    @Test
    void oldFile_fails() throws Exception {
        assertThat(found(file("rw-------", Duration.ofDays(91)), CREDENTIAL_AGE))
                .containsExactly(
                        "FAIL shop: ${file:password} was written 91 d ago, more than 90 d");
        assertThat(found(file("rw-------", Duration.ofDays(90)), CREDENTIAL_AGE))
                .containsExactly("OK shop: ${file:password} was written 90 d ago");
    }

    @Test
    void secretThatCannotBeHad_failsAndHasNoAge() {
        List<Finding> findings = run("    password: \"${file:absent}\"\n");

        assertThat(found(findings, CREDENTIAL_UPSTREAM))
                .containsExactly(
                        "FAIL shop: upstreams.shop.password: ${file:absent}: there is no such file");
        assertThat(findings).hasSize(1);
    }

    @Test
    void variable_isOkAndItsAgeIsNotGuessed() {
        List<Finding> findings = run("    password: \"${env:PASSWORD}\"\n");

        assertThat(found(findings, CREDENTIAL_UPSTREAM))
                .containsExactly("OK shop: kept in ${env:PASSWORD}");
        assertThat(found(findings, CREDENTIAL_AGE))
                .containsExactly("NOTE shop: how old ${env:PASSWORD} is cannot be told from here");
    }

    @Test
    void noPassword_fails() {
        assertThat(found(run(""), CREDENTIAL_UPSTREAM))
                .containsExactly(
                        "FAIL shop: no password: the server lets in whoever comes from this address");
    }
}
