package dev.postern.server.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads configuration files. Nothing is looked at but the file itself: no secret is resolved and no
 * certificate opened.
 */
public final class ConfigurationLoader {

    private ConfigurationLoader() {}

    /**
     * Reads a file. Relative paths in it are relative to its directory.
     *
     * @throws InvalidConfigurationException listing everything that is wrong, or that the file
     *     cannot be read
     */
    public static Configuration load(Path file) throws InvalidConfigurationException {
        return parse(file.toString(), readText(file), directoryOf(file));
    }

    /**
     * Reads a text.
     *
     * @param source what problems call it
     * @param yaml the text
     * @param directory what relative paths in it are relative to
     * @throws InvalidConfigurationException listing everything that is wrong
     */
    public static Configuration parse(String source, String yaml, Path directory)
            throws InvalidConfigurationException {
        Problems problems = new Problems(source);
        YamlNode document;
        try {
            document = YamlDocument.read(yaml);
        } catch (YamlDocument.Unreadable e) {
            throw new InvalidConfigurationException(
                    List.of(new Problem(source, e.line(), "", e.problem())));
        }
        new SchemaCheck(problems).check(document);
        problems.throwIfAny();
        return new ConfigurationReader(document, directory.toAbsolutePath().normalize(), problems)
                .read();
    }

    /**
     * Reads a file that may hold policies only: what else there is to a configuration, and policies
     * of other names, are then those of another.
     *
     * @throws InvalidConfigurationException listing everything that is wrong, or that the file
     *     cannot be read
     */
    public static Configuration loadOver(Configuration base, Path file)
            throws InvalidConfigurationException {
        String text = readText(file);
        Problems problems = new Problems(file.toString());
        YamlNode document;
        try {
            document = YamlDocument.read(text);
        } catch (YamlDocument.Unreadable e) {
            throw new InvalidConfigurationException(
                    List.of(new Problem(file.toString(), e.line(), "", e.problem())));
        }
        boolean policiesOnly =
                document instanceof YamlNode.Mapping mapping
                        && !mapping.entries().isEmpty()
                        && mapping.entries().stream()
                                .allMatch(entry -> entry.key().text().equals("policies"));
        if (!policiesOnly) {
            return parse(file.toString(), text, directoryOf(file));
        }
        new SchemaCheck(problems).check(document);
        problems.throwIfAny();
        return new ConfigurationReader(document, base.directory(), problems).readPolicies(base);
    }

    /**
     * Reads a configuration file's text.
     *
     * @throws InvalidConfigurationException if it cannot be read, or is not UTF-8
     */
    static String readText(Path file) throws InvalidConfigurationException {
        try {
            if (Files.size(file) > 4L * YamlDocument.MAX_LENGTH) {
                throw unreadable(file, "longer than " + YamlDocument.MAX_LENGTH + " characters");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
        } catch (NoSuchFileException e) {
            throw unreadable(file, "there is no such file");
        } catch (AccessDeniedException e) {
            throw unreadable(file, "permission denied");
        } catch (CharacterCodingException e) {
            throw unreadable(file, "not UTF-8");
        } catch (IOException e) {
            throw unreadable(
                    file,
                    Files.isDirectory(file)
                            ? "it is a directory"
                            : "cannot be read: " + e.getMessage());
        }
    }

    private static InvalidConfigurationException unreadable(Path file, String message) {
        return new InvalidConfigurationException(
                List.of(new Problem(file.toString(), 0, "", message)));
    }

    /** Returns what relative paths in a file are relative to. */
    static Path directoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }
}
