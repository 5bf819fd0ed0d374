package dev.postern.server.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * Whether a file with a private key is one: nobody but its owner may read or change it. A file of
 * root's may be read by its group, so that a service can be given it.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-CLIENTCERT">
 *     PostgreSQL, "Client Certificates"</a>, whose rule this is
 */
public final class KeyFiles {

    private static final int ROOT = 0;

    private KeyFiles() {}

    /**
     * Checks who may open a file.
     *
     * @throws InvalidTlsFileException if others than its owner may
     */
    public static void checkPrivate(Path file) throws InvalidTlsFileException {
        try {
            PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
            Set<PosixFilePermission> forbidden =
                    EnumSet.complementOf(
                            EnumSet.of(
                                    PosixFilePermission.OWNER_READ,
                                    PosixFilePermission.OWNER_WRITE,
                                    PosixFilePermission.OWNER_EXECUTE));
            if (Files.getAttribute(file, "unix:uid").equals(ROOT)) {
                forbidden.remove(PosixFilePermission.GROUP_READ);
            }
            forbidden.retainAll(attributes.permissions());
            if (!forbidden.isEmpty()) {
                throw new InvalidTlsFileException(
                        file,
                        "others than its owner have access to the private key: chmod 0600 (0640 if root owns it)");
            }
        } catch (UnsupportedOperationException e) {
            // No such permissions on this file system: nothing to tell by.
            return;
        } catch (IOException e) {
            throw new InvalidTlsFileException(file, "does not exist or cannot be read");
        }
    }
}
