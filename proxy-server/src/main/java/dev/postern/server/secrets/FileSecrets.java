package dev.postern.server.secrets;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Secrets in files, {@code ${file:/run/secrets/name}}, without the newline that editors put at the
 * end. Read anew each time.
 */
final class FileSecrets implements SecretStore {

    /** Longer files are something else, mistaken for a secret. */
    static final int MAX_LENGTH = 64 * 1024;

    private final Path directory;

    /**
     * @param directory what relative paths are relative to
     */
    FileSecrets(Path directory) {
        this.directory = directory;
    }

    @Override
    public Secret fetch(String locator) throws SecretUnavailableException {
        byte[] content = read(locator);
        byte[] secret = Arrays.copyOf(content, lengthWithoutNewline(content));
        try {
            if (secret.length == 0) {
                throw new SecretUnavailableException("the file is empty");
            }
            return Secret.ofUtf8(secret);
        } catch (CharacterCodingException e) {
            throw new SecretUnavailableException("the file is not UTF-8");
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(secret, (byte) 0);
        }
    }

    private byte[] read(String locator) throws SecretUnavailableException {
        try (InputStream in = Files.newInputStream(directory.resolve(locator))) {
            byte[] content = in.readNBytes(MAX_LENGTH + 1);
            if (content.length > MAX_LENGTH) {
                throw new SecretUnavailableException(
                        "the file is longer than " + MAX_LENGTH + " bytes");
            }
            return content;
        } catch (NoSuchFileException e) {
            throw new SecretUnavailableException("there is no such file");
        } catch (AccessDeniedException e) {
            throw new SecretUnavailableException("permission denied");
        } catch (InvalidPathException e) {
            throw new SecretUnavailableException("not a path");
        } catch (IOException e) {
            throw new SecretUnavailableException("the file cannot be read");
        }
    }

    private static int lengthWithoutNewline(byte[] content) {
        int length = content.length;
        if (length > 0 && content[length - 1] == '\n') {
            length--;
            if (length > 0 && content[length - 1] == '\r') {
                length--;
            }
        }
        return length;
    }
}
