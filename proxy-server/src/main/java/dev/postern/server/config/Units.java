package dev.postern.server.config;

import java.time.Duration;

/** The units that sizes and durations are written in. */
final class Units {

    private static final long KIB = 1024;
    private static final long MIB = KIB * 1024;
    private static final long GIB = MIB * 1024;

    private Units() {}

    /** Returns how many bytes a unit has. */
    static long bytes(String unit) {
        return switch (unit) {
            case "B" -> 1;
            case "KiB" -> KIB;
            case "MiB" -> MIB;
            case "GiB" -> GIB;
            default -> throw new IllegalArgumentException(unit);
        };
    }

    /** Writes a size in the largest unit that needs no fraction. */
    static String size(long bytes) {
        if (bytes == 0 || bytes % KIB != 0) {
            return bytes + "B";
        }
        if (bytes % MIB != 0) {
            return bytes / KIB + "KiB";
        }
        return bytes % GIB != 0 ? bytes / MIB + "MiB" : bytes / GIB + "GiB";
    }

    static Duration duration(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            case "d" -> Duration.ofDays(amount);
            default -> throw new IllegalArgumentException(unit);
        };
    }

    /** Writes a duration in the largest unit that needs no fraction. */
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis == 0) {
            return "0s";
        }
        if (millis % 1000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1000;
        if (seconds % 60 != 0) {
            return seconds + "s";
        }
        if (seconds % 3600 != 0) {
            return seconds / 60 + "m";
        }
        return seconds % 86_400 != 0 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
