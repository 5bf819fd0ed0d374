package dev.postern.server.config;

import java.nio.file.Path;

/**
 * The section {@code audit}.
 *
 * @param file the trail on disk
 */
public record AuditConfig(File file) {

    /**
     * The section {@code audit.file}.
     *
     * @param directory where the files are written
     * @param rotate bytes at which a new file is begun
     * @param journal bytes that may be accepted and not yet be in a file
     * @param maxStatement bytes of a statement's text that are kept
     * @param sync when files are forced to the disk
     */
    public record File(Path directory, long rotate, int journal, int maxStatement, AuditSync sync) {

        public File {
            Keys.AUDIT_FILE_ROTATE.check(rotate);
            Keys.AUDIT_FILE_JOURNAL.check(journal);
            Keys.AUDIT_FILE_MAX_STATEMENT.check(maxStatement);
        }
    }
}
