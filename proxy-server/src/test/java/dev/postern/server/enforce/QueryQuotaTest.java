package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryQuotaTest {

    private static final long SECOND = 1_000_000_000L;

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - SECOND, Long.MIN_VALUE})
    void aMinutesWorth_passesAtOnce_thenAtTheEvenRate(long start) {
        QueryQuota quota = new QueryQuota(6, start);
        for (int i = 0; i < 6; i++) {
            assertThat(quota.tryAcquire(start)).isTrue();
        }
        assertThat(quota.tryAcquire(start)).isFalse();
        assertThat(quota.tryAcquire(start + 9 * SECOND)).isFalse();
        assertThat(quota.tryAcquire(start + 10 * SECOND)).isTrue();
        assertThat(quota.tryAcquire(start + 10 * SECOND)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void quota_notPositive_isRefused(int perMinute) {
        assertThatIllegalArgumentException().isThrownBy(() -> new QueryQuota(perMinute, 0));
    }
}
