package dev.postern.server.enforce;

import dev.postern.sql.GateLimits;
import java.time.Duration;

/**
 * What judging may cost.
 *
 * @param limits what a text may cost
 * @param threads threads that read texts, each with a grammar of up to 200 MB while a large text is
 *     read
 * @param queuedTexts texts that may wait for a thread
 * @param queuedBytes bytes of texts that may wait for a thread
 * @param cpuTime processor time one text may take
 * @param wallTime time one text may take, on a machine too busy to give it processor time
 * @param secondReaderTime how long a verdict waits for the second reader
 * @param cacheBytes memory for verdicts, about
 */
public record GateSettings(
        GateLimits limits,
        int threads,
        int queuedTexts,
        long queuedBytes,
        Duration cpuTime,
        Duration wallTime,
        Duration secondReaderTime,
        long cacheBytes) {

    /** What applies unless configured otherwise. */
    public static final GateSettings DEFAULT =
            new GateSettings(
                    GateLimits.DEFAULT,
                    2,
                    1024,
                    16L << 20,
                    Duration.ofMillis(150),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(100),
                    64L << 20);
}
