package dev.postern.server.audit;

import dev.postern.audit.EventEncoder;
import java.nio.file.Path;

/**
 * Where and how the trail is kept.
 *
 * @param directory holds the files and the journal; made if it does not exist
 * @param rotateBytes a file that would grow beyond this is followed by a new one
 * @param journalBytes how much may be accepted and not yet be in a file
 * @param statementBytes how much of a statement's text is kept
 * @param sync when files are forced to the disk
 */
public record AuditTrailSettings(
        Path directory, long rotateBytes, int journalBytes, int statementBytes, Sync sync) {

    public static final long DEFAULT_ROTATE_BYTES = 256L * 1024 * 1024;
    public static final long MIN_ROTATE_BYTES = 64L * 1024;
    public static final int DEFAULT_JOURNAL_BYTES = 16 * 1024 * 1024;

    /**
     * When files are forced to the disk. None of it matters to a crash of Postern alone, which
     * loses nothing.
     */
    public enum Sync {
        /** When the operating system sees fit: a crash of the machine may lose its last seconds. */
        NONE,
        /**
         * Once a second while there is something to force: a crash of the machine loses about a
         * second.
         */
        INTERVAL
    }

    /** The settings of a directory with everything else at its default. */
    public static AuditTrailSettings of(Path directory) {
        return new AuditTrailSettings(
                directory,
                DEFAULT_ROTATE_BYTES,
                DEFAULT_JOURNAL_BYTES,
                EventEncoder.DEFAULT_STATEMENT_LIMIT,
                Sync.NONE);
    }

    public AuditTrailSettings {
        if (rotateBytes < MIN_ROTATE_BYTES) {
            throw new IllegalArgumentException(
                    "rotate must be at least " + MIN_ROTATE_BYTES + " bytes");
        }
        if (journalBytes < Journal.MIN_CAPACITY || journalBytes > Journal.MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "the journal must have between "
                            + Journal.MIN_CAPACITY
                            + " and "
                            + Journal.MAX_CAPACITY
                            + " bytes");
        }
        if (statementBytes < 0 || statementBytes > EventEncoder.DEFAULT_STATEMENT_LIMIT) {
            throw new IllegalArgumentException(
                    "the statement limit must be between 0 and "
                            + EventEncoder.DEFAULT_STATEMENT_LIMIT
                            + " bytes");
        }
    }
}
