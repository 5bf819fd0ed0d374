package dev.postern.server.cli;

import dev.postern.server.config.Configuration;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.config.InvalidConfigurationException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Notices when the configuration file, or a certificate it names, has other content, and reads it
 * again. A file that is broken is reported once and changes nothing. All work is done on the
 * executor's thread.
 */
final class ConfigurationWatcher {

    private final Path file;
    private final Listener listener;
    private List<Path> certificateFiles;
    private String seen;

    /** What a look at the file leads to. */
    interface Listener {

        /** The file has changed and is valid. */
        void changed(Configuration configuration);

        /** The file has changed and cannot be used; {@code reason} names every problem. */
        void refused(String reason);
    }

    /**
     * @param file the configuration file
     * @param current what was read from it just now
     */
    ConfigurationWatcher(Path file, Configuration current, Listener listener) {
        this.file = file;
        this.listener = listener;
        this.certificateFiles = current.certificateFiles();
        this.seen = fingerprint();
    }

    /** Looks at the file from now on, until the executor is shut down. */
    void start(ScheduledExecutorService executor, Duration interval) {
        var _ =
                executor.scheduleWithFixedDelay(
                        this::look,
                        interval.toMillis(),
                        interval.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** Reads the file again if it has changed. */
    synchronized void look() {
        try {
            if (!fingerprint().equals(seen)) {
                reload();
            }
        } catch (RuntimeException e) {
            // An executor would silently never look again.
            listener.refused("unexpected " + e);
        }
    }

    /** Reads the file again, changed or not. */
    synchronized void reload() {
        // Taken first: what is written while we read counts as a change at the next look.
        seen = fingerprint();
        Configuration configuration;
        try {
            configuration = ConfigurationLoader.load(file);
        } catch (InvalidConfigurationException e) {
            listener.refused(String.valueOf(e.getMessage()));
            return;
        }
        if (!configuration.certificateFiles().equals(certificateFiles)) {
            certificateFiles = configuration.certificateFiles();
            seen = fingerprint();
        }
        listener.changed(configuration);
    }

    private String fingerprint() {
        List<Path> files = new ArrayList<>(List.of(file));
        files.addAll(certificateFiles);
        StringBuilder fingerprint = new StringBuilder();
        for (Path path : files) {
            fingerprint.append(digest(path)).append('\n');
        }
        return fingerprint.toString();
    }

    private static String digest(Path path) {
        try (DigestInputStream in =
                new DigestInputStream(
                        Files.newInputStream(path), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (IOException e) {
            return "unreadable";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the Java runtime lacks SHA-256", e);
        }
    }
}
