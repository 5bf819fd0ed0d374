package dev.postern.server.doctor;

import dev.postern.server.config.SecretReference;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.secrets.SecretResolver;
import dev.postern.server.secrets.SecretUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Whether upstream passwords can be had, are kept from others, and change now and then. */
public final class CredentialChecks implements Check {

    private static final String FILE_SCHEME = "file";
    private static final Set<PosixFilePermission> OTHERS =
            Set.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private final Patient patient;
    private final SecretResolver resolver;

    /**
     * @param resolver what a server would look passwords up with
     */
    public CredentialChecks(Patient patient, SecretResolver resolver) {
        this.patient = patient;
        this.resolver = resolver;
    }

    @Override
    public List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        for (UpstreamConfig upstream : patient.configuration().upstreams().values()) {
            SecretReference reference = upstream.password();
            if (reference == null) {
                findings.add(
                        CheckCode.CREDENTIAL_UPSTREAM.fail(
                                upstream.name(),
                                "no password: the server lets in whoever comes from this address",
                                "Give role "
                                        + upstream.user()
                                        + " a password, demand scram-sha-256 in pg_hba.conf, and set upstreams."
                                        + upstream.name()
                                        + ".password to a reference such as \"${file:upstream.password}\"."));
            } else {
                password(upstream.name(), reference, findings);
            }
        }
        return findings;
    }

    private void password(String upstream, SecretReference reference, List<Finding> findings) {
        String keyPath = "upstreams." + upstream + ".password";
        try {
            resolver.resolve(keyPath, reference);
        } catch (SecretUnavailableException e) {
            findings.add(
                    CheckCode.CREDENTIAL_UPSTREAM.fail(
                            upstream,
                            String.valueOf(e.getMessage()),
                            "Put the password where " + keyPath + " says, readable for Postern."));
            return;
        }
        if (reference.scheme().equals(FILE_SCHEME)) {
            Path file = patient.configuration().directory().resolve(reference.locator());
            findings.add(permissions(upstream, reference, file));
            findings.add(age(upstream, reference, file));
        } else {
            findings.add(CheckCode.CREDENTIAL_UPSTREAM.ok(upstream, "kept in " + reference));
            findings.add(
                    CheckCode.CREDENTIAL_AGE.note(
                            upstream,
                            "how old " + reference + " is cannot be told from here",
                            "Let whoever keeps it rotate it; a file's age is told here."));
        }
    }

    private static Finding permissions(String upstream, SecretReference reference, Path file) {
        String kept = "kept in " + reference;
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            return OTHERS.stream().anyMatch(permissions::contains)
                    ? CheckCode.CREDENTIAL_UPSTREAM.fail(
                            upstream,
                            kept + ", which every user of this machine can read or change",
                            "chmod o-rwx " + file)
                    : CheckCode.CREDENTIAL_UPSTREAM.ok(upstream, kept + ", closed to others");
        } catch (UnsupportedOperationException e) {
            return CheckCode.CREDENTIAL_UPSTREAM.note(
                    upstream,
                    kept + ", whose file system knows no permissions",
                    "Keep others from it by other means.");
        } catch (IOException e) {
            return CheckCode.CREDENTIAL_UPSTREAM.fail(
                    upstream, kept + ", whose permissions cannot be read", "Look at " + file + ".");
        }
    }

    private Finding age(String upstream, SecretReference reference, Path file) {
        try {
            Duration age =
                    Duration.between(Files.getLastModifiedTime(file).toInstant(), patient.now());
            String words = reference + " was written " + Patient.words(age) + " ago";
            return age.compareTo(patient.maxAge()) <= 0
                    ? CheckCode.CREDENTIAL_AGE.ok(upstream, words)
                    : CheckCode.CREDENTIAL_AGE.fail(
                            upstream,
                            words + ", more than " + patient.maxAge().toDays() + " d",
                            "Give the role a new password with \\password on the primary and write it to "
                                    + file
                                    + "; Postern takes it over by itself.");
        } catch (IOException e) {
            return CheckCode.CREDENTIAL_AGE.note(
                    upstream,
                    "how old " + reference + " is cannot be told",
                    "Look at " + file + ".");
        }
    }
}
