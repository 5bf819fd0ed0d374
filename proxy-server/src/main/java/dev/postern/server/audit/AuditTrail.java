package dev.postern.server.audit;

import dev.postern.audit.AuditEvent;
import dev.postern.audit.AuditSink;
import dev.postern.audit.EventEncoder;
import dev.postern.policy.Verdict;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.zip.CRC32C;

/**
 * The audit trail on disk: events go into the {@link Journal} on the caller's thread, and from
 * there into files of JSON Lines on the thread of {@link TrailWriter}.
 *
 * <p>An accepted event survives the end of this process at any point, {@code kill -9} included: the
 * journal's pages belong to the operating system, and the next start continues where this one
 * ended, before anything new. Forms and rules are in {@code docs/audit-events.md}.
 *
 * <p>While the files cannot be written, statements that would run are not accepted. Everything
 * else, such as the completions of those that run already, is accepted as long as the journal has
 * room, a quarter of which is kept for it.
 */
public final class AuditTrail implements AuditSink, AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final FileChannel lock;
    private final TrailWriter writer;
    private final ThreadLocal<Encoding> encodings;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private AuditTrail(FileChannel lock, TrailWriter writer, int statementBytes) {
        this.lock = lock;
        this.writer = writer;
        this.encodings =
                ThreadLocal.withInitial(
                        () -> new Encoding(new EventEncoder(statementBytes), new CRC32C()));
    }

    private record Encoding(EventEncoder encoder, CRC32C crc) {}

    /**
     * Opens a trail and starts its writer. What an earlier process accepted and did not write is
     * written first.
     *
     * @param clock names new files
     * @param nanoTime measures how long to wait, as {@link System#nanoTime} does
     * @throws IOException if the directory cannot be used: the message says why
     */
    public static AuditTrail open(
            AuditTrailSettings settings, InstantSource clock, LongSupplier nanoTime)
            throws IOException {
        AuditDirectory.create(settings.directory());
        FileChannel lock = AuditDirectory.lock(settings.directory());
        try {
            TrailWriter writer = TrailWriter.start(settings, clock, nanoTime);
            return new AuditTrail(lock, writer, settings.statementBytes());
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public boolean accept(AuditEvent event) {
        boolean stored = store(event);
        (stored ? accepted : refused).increment();
        return stored;
    }

    private boolean store(AuditEvent event) {
        boolean statement = event instanceof AuditEvent.StatementDecided;
        if (event instanceof AuditEvent.StatementDecided decided
                && !(decided.verdict() instanceof Verdict.Deny)
                && !writer.isAvailable()) {
            return false;
        }
        Encoding encoding = encodings.get();
        int length = encoding.encoder().encode(event);
        byte[] bytes = encoding.encoder().array();
        int checksum = Journal.checksum(encoding.crc(), bytes, length);
        return writer.offer(bytes, length, checksum, statement);
    }

    /** Tells whether statements can run, and if not, why. */
    public AuditHealth health() {
        return writer.health();
    }

    /** Returns how many events were accepted. */
    public long acceptedEvents() {
        return accepted.sum();
    }

    /**
     * Returns how many events were not accepted, and how many attempts to write the files failed.
     */
    public long failures() {
        return refused.sum() + writer.failures();
    }

    /**
     * Accepts nothing more, writes what was accepted, and gives the directory back. What cannot be
     * written within ten seconds stays in the journal for the next start.
     */
    @Override
    public void close() throws IOException {
        writer.stop(CLOSE_TIMEOUT);
        lock.close();
    }
}
