package dev.postern.server.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/** Reads keys and certificates as OpenSSL writes them. */
final class PemFiles {

    private static final long MAX_FILE_LENGTH = 1 << 20;

    private PemFiles() {}

    /**
     * Reads all certificates of a file in their order: a server's own first, then its issuers; or a
     * list of authorities.
     */
    static List<X509Certificate> certificates(Path file) throws InvalidTlsFileException {
        List<X509Certificate> certificates;
        try (InputStream in = Files.newInputStream(check(file))) {
            certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                            .map(X509Certificate.class::cast)
                            .toList();
        } catch (CertificateException e) {
            throw new InvalidTlsFileException(file, "not a file of PEM certificates");
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        if (certificates.isEmpty()) {
            throw new InvalidTlsFileException(file, "holds no certificate");
        }
        return certificates;
    }

    /** Reads an unencrypted private key in PKCS#8, PKCS#1 or SEC 1 form. */
    static PrivateKey privateKey(Path file) throws InvalidTlsFileException {
        try (Reader reader = Files.newBufferedReader(check(file));
                PEMParser parser = new PEMParser(reader)) {
            Object entry = parser.readObject();
            while (entry != null) {
                switch (entry) {
                    case PrivateKeyInfo key -> {
                        return new JcaPEMKeyConverter().getPrivateKey(key);
                    }
                    case PEMKeyPair pair -> {
                        return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                    }
                    case PEMEncryptedKeyPair encrypted -> throw encrypted(file);
                    case PKCS8EncryptedPrivateKeyInfo encrypted -> throw encrypted(file);
                    default -> entry = parser.readObject();
                }
            }
        } catch (NoSuchFileException e) {
            throw unreadable(file, e);
        } catch (IOException e) {
            throw new InvalidTlsFileException(file, "not a readable file with a PEM private key");
        }
        throw new InvalidTlsFileException(file, "holds no private key");
    }

    private static Path check(Path file) throws IOException, InvalidTlsFileException {
        if (Files.size(file) > MAX_FILE_LENGTH) {
            throw new InvalidTlsFileException(file, "longer than 1 MiB");
        }
        return file;
    }

    private static InvalidTlsFileException encrypted(Path file) {
        return new InvalidTlsFileException(
                file, "the private key is encrypted, which is not supported");
    }

    private static InvalidTlsFileException unreadable(Path file, IOException e) {
        return new InvalidTlsFileException(
                file, e instanceof NoSuchFileException ? "does not exist" : "cannot be read");
    }
}
