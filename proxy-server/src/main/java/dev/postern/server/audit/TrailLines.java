package dev.postern.server.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads the finished lines of an audit file from a place on, and again when it has grown. */
public final class TrailLines {

    private static final int CHUNK = 256 * 1024;

    private final Path file;
    private long offset;
    private long lines;
    private boolean unfinished;

    /** Takes a line, without its newline. */
    @FunctionalInterface
    public interface LineConsumer {

        /**
         * Takes one line.
         *
         * @param number its number in the file, counted from 1
         * @return false to read no further
         */
        boolean line(byte[] line, long number) throws IOException;
    }

    /** Starts at the beginning of a file. */
    public TrailLines(Path file) {
        this.file = file;
    }

    public Path file() {
        return file;
    }

    /**
     * Tells whether, at the last reading, something without a newline stood at the end: a line that
     * is just being written.
     */
    public boolean endsUnfinished() {
        return unfinished;
    }

    /**
     * Reads all lines that were finished since the last reading; returns false if the consumer
     * wanted no more.
     */
    public boolean read(LineConsumer consumer) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            ByteArrayOutputStream begun = new ByteArrayOutputStream();
            long at = offset;
            while (channel.read(chunk.clear(), at) > 0) {
                byte[] bytes = chunk.array();
                int count = chunk.position();
                int from = 0;
                for (int i = 0; i < count; i++) {
                    if (bytes[i] == '\n') {
                        begun.write(bytes, from, i - from);
                        from = i + 1;
                        offset = at + from;
                        lines++;
                        if (!consumer.line(begun.toByteArray(), lines)) {
                            return false;
                        }
                        begun.reset();
                    }
                }
                begun.write(bytes, from, count - from);
                at += count;
            }
            unfinished = begun.size() > 0;
            return true;
        }
    }
}
