package dev.postern.server.audit;

import dev.postern.audit.SealedLine;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The audit file that is being written. For one thread. */
final class TrailFile implements AutoCloseable {

    private static final int TAIL_CHUNK = 64 * 1024;

    private final Path path;
    private final FileChannel channel;
    private final @Nullable Object key;
    private long length;
    private boolean dirty;

    private TrailFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        this.length = channel.size();
    }

    static TrailFile create(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(
                        path,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        AuditDirectory.ownerOnlyAttributes(path));
        return opened(path, channel);
    }

    /**
     * Opens a file to append to it. An unfinished last line, which only a write that was cut short
     * can leave, is taken off: its event is still in the journal and is written again in full.
     */
    static TrailFile append(Path path) throws IOException {
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        TrailFile file = opened(path, channel);
        try {
            long whole = endOfLine(channel, file.length);
            if (whole < file.length) {
                channel.truncate(whole);
                file.length = whole;
            }
            channel.position(whole);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static TrailFile opened(Path path, FileChannel channel) throws IOException {
        try {
            return new TrailFile(path, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Returns the last finished line of a file without its newline; empty if it has none. */
    static byte[] lastLine(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long end = endOfLine(channel, channel.size());
            if (end == 0) {
                return new byte[0];
            }
            long start = endOfLine(channel, end - 1);
            byte[] line = new byte[Math.toIntExact(end - 1 - start)];
            readFully(channel, ByteBuffer.wrap(line), start);
            return line;
        }
    }

    /**
     * Reads the seal of the last finished line; {@code null} if there is no line or it has no seal.
     */
    static @Nullable SealedLine lastSeal(Path path) throws IOException {
        return SealedLine.read(lastLine(path));
    }

    /**
     * Returns where the last line ends that ends at or before {@code limit}: after its newline, 0
     * if there is none.
     */
    private static long endOfLine(FileChannel channel, long limit) throws IOException {
        long end = limit;
        while (end > 0) {
            int count = (int) Math.min(TAIL_CHUNK, end);
            byte[] chunk = new byte[count];
            readFully(channel, ByteBuffer.wrap(chunk), end - count);
            for (int i = count - 1; i >= 0; i--) {
                if (chunk[i] == '\n') {
                    return end - count + i + 1;
                }
            }
            end -= count;
        }
        return 0;
    }

    private static void readFully(FileChannel channel, ByteBuffer to, long from)
            throws IOException {
        long at = from;
        while (to.hasRemaining()) {
            int count = channel.read(to, at);
            if (count < 0) {
                throw new EOFException("an audit file became shorter while it was read");
            }
            at += count;
        }
    }

    Path path() {
        return path;
    }

    long length() {
        return length;
    }

    boolean isDirty() {
        return dirty;
    }

    /** Writes all of the bytes, or throws with some of them written. */
    void write(ByteBuffer lines) throws IOException {
        dirty = true;
        length += lines.remaining();
        while (lines.hasRemaining()) {
            channel.write(lines);
        }
    }

    /** Makes sure that the file still is where its name says. */
    void checkInPlace() throws IOException {
        @Nullable Object now;
        try {
            now = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            throw new IOException("the audit file " + path + " was removed", e);
        }
        if (!Objects.equals(now, key)) {
            throw new IOException("the audit file " + path + " was replaced by another");
        }
    }

    /** Forces what was written to the disk. */
    void force() throws IOException {
        channel.force(false);
        dirty = false;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
