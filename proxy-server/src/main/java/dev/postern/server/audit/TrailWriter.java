package dev.postern.server.audit;

import dev.postern.audit.HashChain;
import dev.postern.audit.SealedLine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that moves events from the journal into files, in order, each once.
 *
 * <pre>
 *             event accepted                 nothing for 200 ms
 *   parked ───────────────────→ polling each 4 ms ───────────────────→ parked (looks after the files once a second)
 *                                    │   ↑
 *                    writing fails   ↓   │ writing works
 *                               unavailable: tries again after 0.25, 0.5, 1, 2, 4, 4, … s
 * </pre>
 *
 * <p>Polling means that a busy event loop never pays for a wake-up: one is needed only for the
 * first event after a pause.
 */
final class TrailWriter {

    private static final Logger log = LoggerFactory.getLogger(TrailWriter.class);

    private static final long POLL_NANOS = Duration.ofMillis(4).toNanos();
    private static final int POLLS_BEFORE_PARKING = 50;
    private static final long PARK_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long SYNC_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FIRST_RETRY_NANOS = Duration.ofMillis(250).toNanos();
    private static final long LAST_RETRY_NANOS = Duration.ofSeconds(4).toNanos();
    private static final int BATCH_BYTES = 256 * 1024;

    private final AuditTrailSettings settings;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private final AtomicBoolean parked = new AtomicBoolean();
    private final LongAdder failures = new LongAdder();
    private final HashChain chain = new HashChain(HashChain.genesis());

    private volatile Journal journal;
    private volatile AuditHealth health = new AuditHealth.Available();
    private volatile boolean available = true;
    private volatile boolean stopping;

    private @Nullable TrailFile file;
    private byte[] batch = new byte[BATCH_BYTES];
    private long nextSeq;
    private long lastSync;

    private TrailWriter(
            AuditTrailSettings settings,
            InstantSource clock,
            LongSupplier nanoTime,
            Journal journal) {
        this.settings = settings;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.journal = journal;
        this.thread = Thread.ofPlatform().name("audit-writer").daemon().unstarted(this::run);
    }

    /** Opens journal and file of a directory that this process has locked, and starts. */
    static TrailWriter start(
            AuditTrailSettings settings, InstantSource clock, LongSupplier nanoTime)
            throws IOException {
        Journal journal = openJournal(settings, startAfter(lastSeal(settings.directory())));
        TrailWriter writer = new TrailWriter(settings, clock, nanoTime, journal);
        try {
            writer.file = writer.openFile();
            if (writer.nextSeq >= journal.nextSeq()) {
                journal.skipTo(writer.nextSeq, writer.chain.last());
            }
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
        writer.thread.start();
        return writer;
    }

    private static Journal openJournal(AuditTrailSettings settings, Checkpoint ifNew)
            throws IOException {
        return Journal.open(
                AuditDirectory.journal(settings.directory()), settings.journalBytes(), ifNew);
    }

    private static Checkpoint startAfter(@Nullable SealedLine last) {
        return last == null
                ? Checkpoint.start(1, HashChain.genesis())
                : Checkpoint.start(last.seq() + 1, last.hashBytes());
    }

    private static @Nullable SealedLine lastSeal(Path directory) throws IOException {
        for (Path path : AuditDirectory.files(directory).reversed()) {
            SealedLine seal = TrailFile.lastSeal(path);
            if (seal != null) {
                return seal;
            }
        }
        return null;
    }

    /** Stores an event on the caller's thread. See {@link AuditTrail#accept}. */
    boolean offer(byte[] event, int length, int checksum, boolean statement) {
        Journal target = journal;
        long capacity = target.capacity();
        if (!target.offer(
                event, length, checksum, statement ? capacity - capacity / 4 : capacity)) {
            return false;
        }
        if (parked.get() ? parked.compareAndSet(true, false) : target.used() > capacity / 2) {
            LockSupport.unpark(thread);
        }
        return true;
    }

    boolean isAvailable() {
        return available;
    }

    AuditHealth health() {
        return health;
    }

    long failures() {
        return failures.sum();
    }

    /** Accepts nothing more, writes what is left as far as writing works, and ends. */
    void stop(Duration timeout) throws IOException {
        journal.freeze();
        stopping = true;
        LockSupport.unpark(thread);
        try {
            if (!thread.join(timeout)) {
                throw new IOException(
                        "the audit writer did not end in time; what is left stays in the journal");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the audit writer was ending", e);
        }
    }

    private void run() {
        try {
            write();
        } catch (RuntimeException | Error e) {
            fail("the audit writer stopped: " + e);
            log.error("audit writer stopped", e);
        } finally {
            closeFile();
            journal.close();
        }
    }

    private void write() {
        long retryNanos = FIRST_RETRY_NANOS;
        int idlePolls = 0;
        while (true) {
            try {
                boolean last = stopping;
                boolean wrote = drain();
                recover();
                retryNanos = FIRST_RETRY_NANOS;
                idlePolls = wrote ? 0 : idlePolls + 1;
                if (last && !wrote) {
                    syncNow();
                    return;
                }
            } catch (IOException e) {
                fail(words(e));
                closeFile();
                if (!journal.isInPlace()) {
                    journal.freeze();
                }
                if (stopping) {
                    return;
                }
                LockSupport.parkNanos(this, retryNanos);
                retryNanos = Math.min(retryNanos * 2, LAST_RETRY_NANOS);
                continue;
            }
            if (!stopping) {
                pause(idlePolls);
            }
        }
    }

    private void pause(int idlePolls) {
        if (idlePolls <= POLLS_BEFORE_PARKING) {
            LockSupport.parkNanos(this, POLL_NANOS);
            return;
        }
        parked.set(true);
        if (journal.used() == 0 && !stopping) {
            LockSupport.parkNanos(this, PARK_NANOS);
        }
        parked.set(false);
    }

    /** Moves what the journal holds, at most one batch; returns whether there was anything. */
    private boolean drain() throws IOException {
        Journal from = journal;
        from.checkWhole();
        TrailFile current = file;
        if (current == null) {
            current = openFile();
            file = current;
            if (nextSeq > journal.nextSeq()) {
                throw new IOException(
                        current.path()
                                + " holds lines that this process did not write: restart Postern");
            }
        }
        if (batch.length > BATCH_BYTES) {
            batch = new byte[BATCH_BYTES];
        }
        long position = from.checkpoint().tail();
        long head = from.head();
        int end = 0;
        while (position < head) {
            int length = from.lengthAt(position);
            int most = length + HashChain.SEAL_BYTES;
            if (end > 0
                    && (end + most > batch.length
                            || current.length() + end + most > settings.rotateBytes())) {
                break;
            }
            if (most > batch.length) {
                batch = new byte[most];
            }
            long seq = from.seqAt(position);
            long next = from.copyAt(position, batch, end);
            if (seq >= nextSeq) {
                end = chain.seal(batch, end, end + length, seq);
                nextSeq = seq + 1;
            }
            position = next;
        }
        boolean moved = position > from.checkpoint().tail();
        if (end > 0) {
            current = rotated(current, end);
            current.write(ByteBuffer.wrap(batch, 0, end));
        }
        current.checkInPlace();
        if (moved) {
            from.release(position, nextSeq, chain.last());
        }
        keepJournalInPlace();
        syncIfDue(current);
        return moved;
    }

    private TrailFile rotated(TrailFile current, int more) throws IOException {
        if (current.length() == 0 || current.length() + more <= settings.rotateBytes()) {
            return current;
        }
        current.force();
        closeFile();
        TrailFile next =
                TrailFile.create(AuditDirectory.nextFile(settings.directory(), clock.instant()));
        file = next;
        return next;
    }

    /** Opens the last file, or a new one, and finds out where the trail goes on. */
    private TrailFile openFile() throws IOException {
        Checkpoint checkpoint = journal.checkpoint();
        SealedLine last = lastSeal(settings.directory());
        if (last != null && last.seq() >= checkpoint.seq()) {
            nextSeq = last.seq() + 1;
            chain.rewind(last.hashBytes());
        } else {
            nextSeq = checkpoint.seq();
            chain.rewind(checkpoint.hash());
            if (last != null && !Arrays.equals(last.hashBytes(), checkpoint.hash())) {
                log.warn(
                        "audit trail does not end where it did: seq={} expected={}",
                        last.seq(),
                        checkpoint.seq() - 1);
            }
        }
        List<Path> files = AuditDirectory.files(settings.directory());
        if (!files.isEmpty()) {
            TrailFile existing = TrailFile.append(files.getLast());
            if (existing.length() < settings.rotateBytes()) {
                return existing;
            }
            existing.close();
        }
        return TrailFile.create(AuditDirectory.nextFile(settings.directory(), clock.instant()));
    }

    /**
     * If the journal's file is gone, empties what is left of it and makes another: only a file with
     * a name survives a crash.
     */
    private void keepJournalInPlace() throws IOException {
        Journal lost = journal;
        if (lost.isInPlace() || stopping) {
            return;
        }
        lost.freeze();
        if (lost.used() > 0) {
            return;
        }
        journal = openJournal(settings, Checkpoint.start(nextSeq, chain.last()));
        lost.close();
        log.warn("audit journal was removed and made again");
    }

    private void syncIfDue(TrailFile current) throws IOException {
        boolean wanted = settings.sync() == AuditTrailSettings.Sync.INTERVAL && current.isDirty();
        if (wanted && nanoTime.getAsLong() - lastSync >= SYNC_NANOS) {
            syncNow();
        }
    }

    private void syncNow() throws IOException {
        if (file != null) {
            file.force();
        }
        lastSync = nanoTime.getAsLong();
    }

    private void fail(String reason) {
        failures.increment();
        if (health instanceof AuditHealth.Unavailable(String before, var since)) {
            health = new AuditHealth.Unavailable(reason, since);
            return;
        }
        health = new AuditHealth.Unavailable(reason, clock.instant());
        available = false;
        log.error("audit trail unavailable, statements are refused: error={}", reason);
    }

    private void recover() {
        if (!available) {
            health = new AuditHealth.Available();
            available = true;
            log.warn("audit trail available again");
        }
    }

    private void closeFile() {
        TrailFile open = file;
        file = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                log.warn("closing an audit file failed: error={}", words(e));
            }
        }
    }

    private String words(IOException e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return e.getClass().getSimpleName() + ": " + message;
    }
}
