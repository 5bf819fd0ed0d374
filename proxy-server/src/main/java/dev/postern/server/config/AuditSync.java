package dev.postern.server.config;

/** When audit files are forced to the disk. A crash of Postern alone loses nothing with either. */
public enum AuditSync {
    /** When the operating system sees fit: a crash of the machine may lose its last seconds. */
    NONE,
    /** Once a second: a crash of the machine may lose about a second. */
    INTERVAL
}
