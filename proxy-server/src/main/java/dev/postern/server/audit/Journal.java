package dev.postern.server.audit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The events that are accepted but not yet in the audit file: a ring in a memory-mapped file. What
 * {@link #offer} has stored there survives the end of the process at any point, since the pages
 * belong to the operating system; {@link #open} finds it again.
 *
 * <pre>
 *   0                64               128              192             4096                    4096 + capacity
 *   +----------------+----------------+----------------+---------------+-----------------------+
 *   | magic, capacity|  checkpoint 0  |  checkpoint 1  |    unused     |  records, a ring      |
 *   +----------------+----------------+----------------+---------------+-----------------------+
 *   record:     length (4)  checksum (4)  seq (8)  encoded event (length), padded to a multiple of 16
 *   checkpoint: generation (8)  tail (8)  seq at tail (8)  hash of the line before (32)  checksum (8)
 * </pre>
 *
 * <p>Positions count bytes since the journal was made and never fall; a place in the ring is a
 * position modulo the capacity. The checksum of a record covers its seq, and seq never repeats, so
 * a record of an earlier round is never taken for one of this round. Checkpoints are written in
 * turn, so that one is whole at any time.
 *
 * <p>Any thread may offer; a single thread reads and releases. The file is written in full when it
 * is made: a store into it cannot find the disk full.
 */
final class Journal implements AutoCloseable {

    /** The smallest ring: it must hold a few of the largest events. */
    static final int MIN_CAPACITY = 4 * 1024 * 1024;

    static final int MAX_CAPACITY = 1024 * 1024 * 1024;

    /** The largest event, encoded. */
    static final int MAX_RECORD = 2 * 1024 * 1024 - 16;

    private static final long MAGIC = 0x504F_5354_4A4E_4C31L; // POSTJNL1
    private static final int HEADER_BYTES = 4096;
    private static final int CHECKPOINT_BYTES = 64;
    private static final int RECORD_HEADER = 16;
    private static final int COPY_CHUNK = 1024 * 1024;

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena;
    private final MemorySegment header;
    private final MemorySegment ring;
    private final long capacity;

    /** Guarded by {@code this}; read by anyone. */
    private volatile long head;

    /** Guarded by {@code this}. */
    private long nextSeq;

    /** Guarded by {@code this}. */
    private boolean closed;

    /** Changed by the reading thread only. */
    private volatile Checkpoint checkpoint;

    private Journal(Path path, Arena arena, MemorySegment file, Checkpoint checkpoint) {
        this.path = path;
        this.arena = arena;
        this.header = file.asSlice(0, HEADER_BYTES);
        this.capacity = file.byteSize() - HEADER_BYTES;
        this.ring = file.asSlice(HEADER_BYTES, capacity);
        this.checkpoint = checkpoint;
        long end = checkpoint.tail();
        long seq = checkpoint.seq();
        while (isWhole(end, seq)) {
            end += recordBytes(ring.get(INT, place(end)));
            seq++;
        }
        this.head = end;
        this.nextSeq = seq;
    }

    /**
     * Opens the journal of a directory, or makes one.
     *
     * @param capacity the size of the ring if one is made, between {@link #MIN_CAPACITY} and {@link
     *     #MAX_CAPACITY}
     * @param ifNew where a new journal starts
     * @throws IOException if there is no room for it, or what lies there is no journal; the message
     *     says what to do
     */
    @SuppressWarnings("MustBeClosedChecker") // the journal owns the arena
    static Journal open(Path path, int capacity, Checkpoint ifNew) throws IOException {
        if (!Files.exists(path)) {
            create(path, capacity, ifNew);
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment file =
                    channel.map(
                            FileChannel.MapMode.READ_WRITE, 0, checkedSize(path, channel), arena);
            return new Journal(path, arena, file, newest(path, file));
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Reads how far the trail had come, without changing anything: whatever lies before the
     * checkpoint is in the files.
     */
    static Checkpoint readCheckpoint(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            checkedSize(path, channel);
            return newest(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, HEADER_BYTES, arena));
        }
    }

    private static void create(Path path, int capacity, Checkpoint first) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        unfinished,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE),
                        AuditDirectory.ownerOnlyAttributes(unfinished))) {
            int aligned = Math.ceilDiv(capacity, HEADER_BYTES) * HEADER_BYTES;
            ByteBuffer start = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            start.putLong(0, MAGIC).putLong(8, aligned);
            first.write(MemorySegment.ofBuffer(start).asSlice(CHECKPOINT_BYTES, CHECKPOINT_BYTES));
            writeFully(channel, start);
            ByteBuffer zeros = ByteBuffer.allocate(COPY_CHUNK);
            for (int written = 0; written < aligned; written += zeros.limit()) {
                zeros.clear().limit(Math.min(COPY_CHUNK, aligned - written));
                writeFully(channel, zeros);
            }
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static long checkedSize(Path path, FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(start, 0);
        long size = channel.size();
        if (start.hasRemaining()
                || start.getLong(0) != MAGIC
                || start.getLong(8) + HEADER_BYTES != size) {
            throw new IOException(
                    path
                            + " is not a journal of Postern, or was cut: move it away to start a new one");
        }
        return size;
    }

    private static Checkpoint newest(Path path, MemorySegment file) throws IOException {
        @Nullable Checkpoint newest = null;
        for (int slot = 0; slot < 2; slot++) {
            Checkpoint read = Checkpoint.read(slot(file, slot));
            if (read != null && (newest == null || read.generation() > newest.generation())) {
                newest = read;
            }
        }
        if (newest == null) {
            throw new IOException(
                    path + " has no valid checkpoint: move it away to start a new journal");
        }
        return newest;
    }

    private static MemorySegment slot(MemorySegment file, long generation) {
        return file.asSlice(CHECKPOINT_BYTES * (1 + (generation & 1)), CHECKPOINT_BYTES);
    }

    /**
     * Stores a record if the ring's use stays within a limit.
     *
     * @param checksum what {@link #checksum} says of the encoding
     * @param limit how many bytes of the ring may be in use with it
     * @return false if there is no room, or the journal is closed
     */
    boolean offer(byte[] event, int length, int checksum, long limit) {
        if (length > MAX_RECORD) {
            return false;
        }
        synchronized (this) {
            long at = head;
            long end = at + recordBytes(length);
            if (closed || end - checkpoint.tail() > limit) {
                return false;
            }
            long seq = nextSeq;
            copyIn(at + RECORD_HEADER, event, length);
            int place = place(at);
            ring.set(LONG, place + 8L, seq);
            ring.set(INT, place + 4L, mix(checksum, length, seq));
            VarHandle.releaseFence();
            ring.set(INT, place, length);
            nextSeq = seq + 1;
            head = end;
            return true;
        }
    }

    /** Returns the checksum that {@link #offer} wants, computed outside of its lock. */
    static int checksum(CRC32C crc, byte[] event, int length) {
        crc.reset();
        crc.update(event, 0, length);
        return (int) crc.getValue();
    }

    /** Returns how many bytes the ring has. */
    long capacity() {
        return capacity;
    }

    /** Returns how many bytes of the ring are in use. */
    long used() {
        return head - checkpoint.tail();
    }

    /** Returns the position after the newest record. */
    long head() {
        return head;
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Returns the seq that the next record gets. */
    synchronized long nextSeq() {
        return nextSeq;
    }

    /**
     * Returns the length of the record at a position before {@link #head}. For the reading thread.
     */
    int lengthAt(long position) {
        return ring.get(INT, place(position));
    }

    /** Returns the seq of the record at a position before {@link #head}. For the reading thread. */
    long seqAt(long position) {
        return ring.get(LONG, place(position) + 8L);
    }

    /**
     * Copies the event at a position into an array; returns the position of the next. For the
     * reading thread.
     */
    long copyAt(long position, byte[] to, int offset) {
        int length = lengthAt(position);
        copyOut(position + RECORD_HEADER, to, offset, length);
        return position + recordBytes(length);
    }

    /**
     * Gives back all before a position: what lies there is in the audit file. For the reading
     * thread.
     *
     * @param seq the seq of the record at {@code tail}, or the next one given out if there is none
     * @param hash the hash of the line before it
     */
    void release(long tail, long seq, byte[] hash) {
        Checkpoint next = new Checkpoint(checkpoint.generation() + 1, tail, seq, hash);
        next.write(slot(header, next.generation()));
        VarHandle.fullFence();
        checkpoint = next;
    }

    /**
     * Gives back everything and continues the count at {@code seq} or later, when the files turn
     * out to have all that is here and more. Before anything is offered.
     */
    synchronized void skipTo(long seq, byte[] hash) {
        if (seq > nextSeq) {
            nextSeq = seq;
        }
        release(head, nextSeq, hash);
    }

    /**
     * Makes sure that nobody cut the file: touching a page that is gone is a fault that the JVM
     * reports at some later point.
     *
     * @throws IOException if somebody did; nothing can be stored or read any more
     */
    void checkWhole() throws IOException {
        if (isInPlace() && Files.size(path) != HEADER_BYTES + capacity) {
            freeze();
            throw new IOException(path + " was cut or replaced while in use: restart Postern");
        }
    }

    /** Tells whether the mapped file still has its place in the directory. */
    boolean isInPlace() {
        return Files.exists(path);
    }

    /** Takes no more records; those that are in it can still be read and released. */
    synchronized void freeze() {
        closed = true;
    }

    /** Unmaps the file. For the reading thread, or after it has ended. */
    @Override
    public void close() {
        freeze();
        arena.close();
    }

    private boolean isWhole(long position, long seq) {
        if (position - checkpoint.tail() > capacity - RECORD_HEADER) {
            return false;
        }
        int place = place(position);
        int length = ring.get(INT, place);
        if (length <= 0
                || length > MAX_RECORD
                || position + recordBytes(length) - checkpoint.tail() > capacity
                || ring.get(LONG, place + 8L) != seq) {
            return false;
        }
        byte[] event = new byte[length];
        copyOut(position + RECORD_HEADER, event, 0, length);
        return ring.get(INT, place + 4L) == mix(checksum(new CRC32C(), event, length), length, seq);
    }

    private void copyIn(long position, byte[] from, int length) {
        int place = place(position);
        int first = (int) Math.min(length, capacity - place);
        MemorySegment.copy(from, 0, ring, ValueLayout.JAVA_BYTE, place, first);
        if (first < length) {
            MemorySegment.copy(from, first, ring, ValueLayout.JAVA_BYTE, 0, length - first);
        }
    }

    private void copyOut(long position, byte[] to, int offset, int length) {
        int place = place(position);
        int first = (int) Math.min(length, capacity - place);
        MemorySegment.copy(ring, ValueLayout.JAVA_BYTE, place, to, offset, first);
        if (first < length) {
            MemorySegment.copy(ring, ValueLayout.JAVA_BYTE, 0, to, offset + first, length - first);
        }
    }

    private int place(long position) {
        return (int) (position % capacity);
    }

    private static int recordBytes(int length) {
        return (RECORD_HEADER + length + 15) & ~15;
    }

    private static int mix(int checksum, int length, long seq) {
        return (checksum ^ (length * 0x9E3779B1)) + Long.hashCode(seq * 0x9E3779B97F4A7C15L);
    }
}
