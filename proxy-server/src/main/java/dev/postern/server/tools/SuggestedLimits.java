package dev.postern.server.tools;

import java.time.Duration;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Limits with room above the most that statements needed.
 *
 * @param timeout {@code null} if nothing that was recorded ended
 * @param maxRows likewise
 * @param maxResultBytes likewise
 * @param longestMillis what the longest took
 * @param mostRows what one returned at most
 * @param mostBytes what one returned at most
 */
public record SuggestedLimits(
        @Nullable Duration timeout,
        @Nullable Long maxRows,
        @Nullable Long maxResultBytes,
        double longestMillis,
        long mostRows,
        long mostBytes) {

    private static final long LEAST_ROWS = 1_000;
    private static final long LEAST_BYTES = 1 << 20;
    private static final long LEAST_SECONDS = 5;
    private static final long MOST_SECONDS = 86_400;
    private static final int ROOM = 2;
    private static final int ROOM_OF_TIME = 3;

    static SuggestedLimits of(Collection<? extends RecordedStatement<?>> statements) {
        long rows = -1;
        long bytes = -1;
        double millis = -1;
        for (RecordedStatement<?> statement : statements) {
            rows = Math.max(rows, statement.maxRows());
            bytes = Math.max(bytes, statement.maxBytes());
            millis = Math.max(millis, statement.maxMillis());
        }
        if (rows < 0) {
            return new SuggestedLimits(null, null, null, -1, -1, -1);
        }
        return new SuggestedLimits(
                Duration.ofSeconds(seconds(millis)),
                roundedUp(Math.max(LEAST_ROWS, rows * ROOM)),
                powerOfTwo(Math.max(LEAST_BYTES, bytes * ROOM)),
                millis,
                rows,
                bytes);
    }

    private static long seconds(double millis) {
        long wanted = (long) Math.ceil(millis * ROOM_OF_TIME / 1000);
        long rounded = wanted <= 60 ? roundedUp(wanted) : (wanted + 59) / 60 * 60;
        return Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, rounded));
    }

    /** The next number of one digit 1, 2 or 5 and zeros. */
    static long roundedUp(long number) {
        long unit = 1;
        while (unit * 10 <= number) {
            unit *= 10;
        }
        for (long digit : new long[] {1, 2, 5}) {
            if (number <= digit * unit) {
                return digit * unit;
            }
        }
        return 10 * unit;
    }

    private static long powerOfTwo(long number) {
        long power = Long.highestOneBit(number);
        return power == number ? power : power << 1;
    }
}
