package dev.postern.server.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limit in front of servers of which is known how many at a time they serve best. */
class ConcurrencyLimitTest {

    private static final double SECONDS = 30;

    /**
     * A server that is some milliseconds away, whose processors need 0.1 ms for a transaction, and
     * a part of that more for each transaction that they cannot work at.
     */
    private record Server(int processors, double away, double crowding) {

        /** Returns how many end in a second. */
        double rate(int atATime) {
            double service = 1e-4;
            double enough = processors * (1 + away / service);
            return Math.min(atATime / (away + service), processors / service)
                    / (1 + crowding * Math.max(0, atATime - enough));
        }

        double best(int max) {
            double best = 0;
            for (int i = 1; i <= max; i++) {
                best = Math.max(best, rate(i));
            }
            return best;
        }
    }

    @ParameterizedTest
    @CsvSource({
        // processors, seconds away, crowding, max, noise, at least so much of the best
        "2, 0, 0.03, 20, 0.05, 0.90",
        "2, 0, 0.03, 20, 0.20, 0.85",
        "2, 0, 0.03, 100, 0.10, 0.85",
        "4, 0.0001, 0.02, 20, 0.10, 0.80",
        "4, 0.0001, 0.02, 100, 0.10, 0.78",
        "64, 0.0005, 0.02, 20, 0.05, 0.93",
        "64, 0.0005, 0.02, 100, 0.10, 0.90",
        "64, 0.0005, 0.02, 100, 0.20, 0.75",
        "16, 0.001, 0.02, 20, 0.20, 0.75",
        "1, 0, 0, 20, 0.20, 0.98"
    })
    void anyServer_isServedNearlyAsWellAsItCanBe(
            int processors, double away, double crowding, int max, double noise, double least) {
        for (int seed = 0; seed < 10; seed++) {
            Server server = new Server(processors, away, crowding);
            double served = serve(new ConcurrencyLimit(max, 0), server, noise, new Random(seed));
            assertThat(served / SECONDS / server.best(max))
                    .as("seed %s", seed)
                    .isGreaterThan(least);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 100", "1, 1"})
    void nobodyWaits_itIsNoLowerThanBefore(int waitingAtEach, int max) {
        ConcurrencyLimit limit = new ConcurrencyLimit(max, 0);
        for (int i = 1; i < 200_000; i++) {
            limit.ended(i * 100_000L, i % waitingAtEach == 1);
        }
        assertThat(limit.limit()).isGreaterThanOrEqualTo(max * 3 / 4);
    }

    /** Returns how many have ended; how fast they do changes at random every 0.1 s. */
    private static double serve(
            ConcurrencyLimit limit, Server server, double noise, Random random) {
        double now = 0;
        double ended = 0;
        double factor = 1;
        double next = 0;
        while (now < SECONDS) {
            if (now >= next) {
                factor = Math.max(0.2, 1 + noise * random.nextGaussian());
                next = now + 0.1;
            }
            double rate = server.rate(limit.limit());
            now += 1 / (rate * factor);
            // Noise is what the limit sees; what it costs is not.
            ended += 1 / factor;
            limit.ended((long) (now * TimeUnit.SECONDS.toNanos(1)), true);
        }
        return ended;
    }
}
