package dev.postern.server.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemGenerationException;

/** A certificate authority made for one test, and what it issues, as PEM files. */
public final class TestCertificates {

    /** A certificate and its key. */
    public record Issued(Path certificate, Path key) {}

    private final Path directory;
    private final String name;
    private final KeyPair keys;
    private final X509Certificate certificate;
    private int serial = 1;

    public TestCertificates(Path directory, String name) {
        this.directory = directory;
        this.name = name;
        this.keys = generate();
        this.certificate = sign(keys, "CN=" + name, true);
        write(directory.resolve(name + ".crt"), certificate);
    }

    /** Returns the authority's own certificate. */
    public Path authority() {
        return directory.resolve(name + ".crt");
    }

    /** Issues a certificate for host names and addresses. */
    public Issued issue(String label, String... hosts) {
        KeyPair pair = generate();
        Issued files =
                new Issued(directory.resolve(label + ".crt"), directory.resolve(label + ".key"));
        write(files.certificate(), sign(pair, "CN=" + label, false, hosts));
        write(files.key(), pkcs8(pair));
        return files;
    }

    private static Object pkcs8(KeyPair pair) {
        try {
            return new JcaPKCS8Generator(pair.getPrivate(), null);
        } catch (PemGenerationException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate sign(
            KeyPair subject, String subjectName, boolean isAuthority, String... hosts) {
        Instant now = Instant.now();
        try {
            X509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            new X500Principal("CN=" + name),
                            BigInteger.valueOf(serial++),
                            Date.from(now.minus(Duration.ofHours(1))),
                            Date.from(now.plus(Duration.ofDays(1))),
                            new X500Principal(subjectName),
                            subject.getPublic());
            builder.addExtension(
                    Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (hosts.length > 0) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(
                                Arrays.stream(hosts)
                                        .map(TestCertificates::generalName)
                                        .toArray(GeneralName[]::new)));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder("SHA256withECDSA")
                                            .build(keys.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeneralName generalName(String host) {
        return new GeneralName(
                host.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private static KeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, Object content) {
        try (Writer writer = Files.newBufferedWriter(file);
                JcaPEMWriter pem = new JcaPEMWriter(writer)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            pem.writeObject(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
