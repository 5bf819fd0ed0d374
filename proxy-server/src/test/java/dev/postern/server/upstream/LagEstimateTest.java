package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class LagEstimateTest {

    private static final double HOUR = 3600;

    private final LagEstimate lag = new LagEstimate();

    private static long at(int seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void caught_up_standby_does_not_lag_however_old_the_last_transaction_is() {
        assertThat(lag.look(at(0), true, true, HOUR)).isZero();
    }

    @Test
    void write_after_an_idle_hour_counts_from_when_the_standby_was_last_caught_up() {
        lag.look(at(0), true, true, HOUR);
        assertThat(lag.look(at(5), true, false, HOUR + 5)).isEqualTo(5);
        assertThat(lag.look(at(10), true, false, HOUR + 10)).isEqualTo(10);
        assertThat(lag.look(at(15), true, true, 1)).isZero();
        assertThat(lag.look(at(20), true, false, 6)).isEqualTo(5);
    }

    @Test
    void replay_that_goes_on_counts_from_its_last_transaction() {
        lag.look(at(0), true, true, 0.1);
        assertThat(lag.look(at(60), true, false, 0.2)).isEqualTo(0.2);
    }

    @Test
    void standby_that_never_caught_up_counts_from_its_last_transaction() {
        assertThat(lag.look(at(0), true, false, HOUR)).isEqualTo(HOUR);
        assertThat(lag.look(at(5), true, false, Double.NaN)).isNaN();
    }

    @Test
    void standby_without_a_receiver_counts_from_its_last_transaction() {
        lag.look(at(0), true, true, HOUR);
        assertThat(lag.look(at(5), false, true, HOUR + 5)).isEqualTo(HOUR + 5);
        assertThat(lag.look(at(10), false, false, Double.NaN)).isNaN();
        assertThat(lag.look(at(15), true, false, HOUR + 15)).isEqualTo(HOUR + 15);
    }

    @Test
    void caught_up_standby_that_replayed_no_transaction_yet_counts_all_the_same() {
        lag.look(at(0), true, true, Double.NaN);
        assertThat(lag.look(at(7), true, false, Double.NaN)).isEqualTo(7);
    }
}
