package dev.postern.server.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A configuration file whose agents can be changed. A change is made to the text, so that comments
 * and layout stay; it is read back and compared before it is written; and the file is replaced in
 * one step with one of the same owner and permissions, so that a reader sees either all of the
 * change or none. Changes by several processes are made one after the other.
 */
public final class ConfigurationFile {

    private final Path file;

    /**
     * @param file the file; a symbolic link is followed
     */
    public ConfigurationFile(Path file) {
        this.file = file;
    }

    /** A change that cannot be made. The message says why and what would be right. */
    public static final class RefusedException extends Exception {

        private final String reason;

        RefusedException(String reason) {
            super(reason);
            this.reason = reason;
        }

        /** Returns why. */
        public String reason() {
            return reason;
        }
    }

    /** Returns what the file holds now. */
    public Configuration load() throws InvalidConfigurationException {
        return ConfigurationLoader.load(file);
    }

    /**
     * Adds an agent.
     *
     * @throws RefusedException if there is one of that name, or no such policy
     */
    public void addAgent(String name, AgentEntry entry)
            throws InvalidConfigurationException, RefusedException, IOException {
        change(
                (text, configuration) -> {
                    if (!SchemaCheck.isChosenName(name)) {
                        throw new RefusedException(
                                "an agent's name has 1 to 63 of the characters A-Z a-z 0-9 _ . @ - and begins with a letter, a digit or _");
                    }
                    if (configuration.agents().containsKey(name)) {
                        throw new RefusedException(
                                "there is an agent \""
                                        + name
                                        + "\" already; postern agent rotate gives it a new password");
                    }
                    if (!configuration.policies().containsKey(entry.policy())) {
                        throw new RefusedException(
                                "there is no policy \""
                                        + entry.policy()
                                        + "\""
                                        + NearestName.suggestion(
                                                entry.policy(), configuration.policies().keySet())
                                        + "; known: "
                                        + String.join(", ", configuration.policies().keySet()));
                    }
                    return text.add(name, entry);
                },
                agents ->
                        agents.put(
                                name,
                                new AgentConfig(
                                        name,
                                        entry.policy(),
                                        entry.owner(),
                                        entry.verifier(),
                                        entry.networks(),
                                        entry.expiry(),
                                        entry.created())));
    }

    /**
     * Gives an agent another verifier.
     *
     * @param created when that was made; kept to the second
     * @throws RefusedException if there is no such agent
     */
    public void replaceVerifier(String name, VerifierText verifier, Instant created)
            throws InvalidConfigurationException, RefusedException, IOException {
        Instant second = created.truncatedTo(ChronoUnit.SECONDS);
        change(
                (text, configuration) -> {
                    requireAgent(name, configuration);
                    return text.replaceVerifier(name, verifier, second);
                },
                agents ->
                        agents.computeIfPresent(
                                name,
                                (same, agent) ->
                                        new AgentConfig(
                                                name,
                                                agent.policy(),
                                                agent.owner(),
                                                verifier,
                                                agent.networks(),
                                                agent.expires(),
                                                second)));
    }

    /**
     * Removes an agent.
     *
     * @throws RefusedException if there is no such agent
     */
    public void removeAgent(String name)
            throws InvalidConfigurationException, RefusedException, IOException {
        change(
                (text, configuration) -> {
                    requireAgent(name, configuration);
                    return text.remove(name);
                },
                agents -> agents.remove(name));
    }

    private static void requireAgent(String name, Configuration configuration)
            throws RefusedException {
        if (!configuration.agents().containsKey(name)) {
            throw new RefusedException(
                    "there is no agent \""
                            + name
                            + "\""
                            + NearestName.suggestion(name, configuration.agents().keySet()));
        }
    }

    @FunctionalInterface
    private interface TextChange {
        String apply(AgentsText text, Configuration configuration) throws RefusedException;
    }

    @FunctionalInterface
    private interface AgentsChange {
        void apply(Map<String, AgentConfig> agents);
    }

    private void change(TextChange change, AgentsChange expected)
            throws InvalidConfigurationException, RefusedException, IOException {
        Path real = realPath();
        try (FileChannel lock = lock(real)) {
            String before = ConfigurationLoader.readText(real);
            Configuration configuration =
                    ConfigurationLoader.parse(
                            file.toString(), before, ConfigurationLoader.directoryOf(file));
            Map<String, AgentConfig> agents = new LinkedHashMap<>(configuration.agents());
            expected.apply(agents);
            String after = change.apply(agentsText(before), configuration);
            if (!isWhatWasMeant(after, configuration, agents)) {
                throw new RefusedException(
                        "the section agents of "
                                + file
                                + " is laid out in a way that cannot be changed automatically; nothing was changed");
            }
            replace(real, after, lock);
        }
    }

    private Path realPath() throws IOException, InvalidConfigurationException {
        if (!Files.isRegularFile(file)) {
            ConfigurationLoader.readText(file);
        }
        return file.toRealPath();
    }

    private AgentsText agentsText(String text) throws InvalidConfigurationException {
        try {
            return new AgentsText(text);
        } catch (YamlDocument.Unreadable e) {
            throw new InvalidConfigurationException(
                    List.of(new Problem(file.toString(), e.line(), "", e.problem())));
        }
    }

    private boolean isWhatWasMeant(
            String after, Configuration before, Map<String, AgentConfig> agents) {
        try {
            Configuration read =
                    ConfigurationLoader.parse(
                            file.toString(), after, ConfigurationLoader.directoryOf(file));
            return read.equals(before.withAgents(agents));
        } catch (InvalidConfigurationException e) {
            return false;
        }
    }

    /**
     * Locks the file that the path leads to; whoever replaced it while we waited makes us begin
     * again with the new one.
     */
    private static FileChannel lock(Path real) throws IOException {
        while (true) {
            Object before = fileKey(real);
            FileChannel channel =
                    FileChannel.open(real, StandardOpenOption.READ, StandardOpenOption.WRITE);
            boolean held = false;
            try {
                held = channel.lock() != null && Objects.equals(before, fileKey(real));
                if (held) {
                    return channel;
                }
            } finally {
                if (!held) {
                    channel.close();
                }
            }
        }
    }

    private static Object fileKey(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class).fileKey();
    }

    private static void replace(Path real, String text, FileChannel lock) throws IOException {
        PosixFileAttributes attributes = Files.readAttributes(real, PosixFileAttributes.class);
        Path directory = Objects.requireNonNull(real.getParent());
        Path temporary = Files.createTempFile(directory, "." + real.getFileName(), ".new");
        try {
            try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            PosixFileAttributeView view =
                    Objects.requireNonNull(
                            Files.getFileAttributeView(temporary, PosixFileAttributeView.class));
            keepOwner(view, attributes);
            view.setPermissions(attributes.permissions());
            if (!lock.isOpen()) {
                throw new IOException("the lock on the file was lost");
            }
            Files.move(temporary, real, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** A server that runs as another user must still be able to read the file, and nobody else. */
    private static void keepOwner(PosixFileAttributeView view, PosixFileAttributes attributes)
            throws IOException {
        PosixFileAttributes now = view.readAttributes();
        if (!now.group().equals(attributes.group())) {
            try {
                view.setGroup(attributes.group());
            } catch (FileSystemException e) {
                if (groupMatters(attributes.permissions())) {
                    throw new IOException(
                            "it belongs to the group "
                                    + attributes.group().getName()
                                    + ": run this as a member of it or as root",
                            e);
                }
            }
        }
        if (!now.owner().equals(attributes.owner())) {
            try {
                view.setOwner(attributes.owner());
            } catch (FileSystemException e) {
                throw new IOException(
                        "it belongs to "
                                + attributes.owner().getName()
                                + ": run this as that user or as root",
                        e);
            }
        }
    }

    /** Tells whether the group may do anything else than everybody may. */
    private static boolean groupMatters(Set<PosixFilePermission> permissions) {
        return permissions.contains(PosixFilePermission.GROUP_READ)
                        != permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.GROUP_WRITE)
                        != permissions.contains(PosixFilePermission.OTHERS_WRITE);
    }
}
