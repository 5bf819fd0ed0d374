package dev.postern.server.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the end of a trail and then whatever comes after it, through the change of files. */
public final class TrailFollower {

    private final Path directory;
    private @Nullable TrailLines current;

    /** Starts at the beginning of the trail's last file. */
    public TrailFollower(Path directory) {
        this.directory = directory;
    }

    /** Returns the last lines, at most {@code count}; {@link #poll} continues after them. */
    public List<byte[]> last(int count) throws IOException {
        ArrayDeque<byte[]> last = new ArrayDeque<>();
        List<Path> files = AuditDirectory.files(directory);
        for (int i = files.size() - 1; i >= 0 && last.size() < count; i--) {
            ArrayDeque<byte[]> ofFile = new ArrayDeque<>();
            int wanted = count - last.size();
            TrailLines lines = new TrailLines(files.get(i));
            lines.read((line, number) -> {
                ofFile.addLast(line);
                if (ofFile.size() > wanted) {
                    ofFile.removeFirst();
                }
                return true;
            });
            while (!ofFile.isEmpty()) {
                last.addFirst(ofFile.removeLast());
            }
            if (current == null) {
                current = lines;
            }
        }
        return new ArrayList<>(last);
    }

    /** Returns the lines that were finished since the last call. */
    public List<byte[]> poll() throws IOException {
        List<byte[]> fresh = new ArrayList<>();
        TrailLines reading = current;
        List<Path> files = AuditDirectory.files(directory);
        // Read first, look for newer files after: a file is complete once a newer one exists.
        if (reading != null) {
            readAll(reading, fresh);
        }
        for (Path file : files) {
            if (reading == null || file.compareTo(reading.file()) > 0) {
                reading = new TrailLines(file);
                readAll(reading, fresh);
            }
        }
        current = reading;
        return fresh;
    }

    private static void readAll(TrailLines lines, List<byte[]> to) throws IOException {
        // A file may have been moved away by whoever archives the trail: the next one goes on.
        if (Files.exists(lines.file())) {
            lines.read((line, number) -> to.add(line));
        }
    }
}
