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
     */
    public record File(Path directory, long rotate) {

        public File {
            Keys.AUDIT_FILE_ROTATE.check(rotate);
        }
    }
}
