package dev.postern.server.metrics;

/**
 * What the metrics say of one upstream host.
 *
 * @param up whether it answers
 * @param standby whether it is a hot standby
 * @param lagSeconds how far its replay is behind; NaN if unknown
 * @param lagBytes what it has received and not replayed; NaN if unknown
 * @param version as {@code server_version_num} has it; 0 if unknown
 * @param writableRole whether the upstream role could write there
 */
public record UpstreamStatus(
        boolean up,
        boolean standby,
        double lagSeconds,
        double lagBytes,
        int version,
        boolean writableRole) {

    /** What is known before the first answer. */
    public static final UpstreamStatus UNKNOWN =
            new UpstreamStatus(false, false, Double.NaN, Double.NaN, 0, false);
}
