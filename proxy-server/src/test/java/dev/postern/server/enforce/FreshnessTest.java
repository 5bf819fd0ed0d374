package dev.postern.server.enforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.policy.Rule;
import dev.postern.policy.StatementSummary;
import dev.postern.policy.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class FreshnessTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static HostLag.Reading behind(long seconds) {
        return new HostLag.Reading.Behind(Duration.ofSeconds(seconds));
    }

    private static Verdict.@Nullable Deny objection(
            HostLag.Reading reading, @Nullable Duration maxLag, String command) {
        return new Freshness(() -> reading, maxLag)
                .objection(
                        new Verdict.Allow(new StatementSummary(command, "", List.of(), List.of())),
                        "fresh");
    }

    @Test
    void host_within_the_limit_may_be_read() {
        assertThat(objection(behind(10), LIMIT, "SELECT")).isNull();
        assertThat(objection(new HostLag.Reading.Primary(), LIMIT, "SELECT")).isNull();
    }

    @Test
    void policy_without_a_limit_accepts_any_lag() {
        assertThat(objection(behind(9999), null, "SELECT")).isNull();
        assertThat(objection(new HostLag.Reading.Unknown(), null, "SELECT")).isNull();
    }

    @Test
    void host_beyond_the_limit_is_refused_with_lag_and_limit() {
        Verdict.Deny deny = Objects.requireNonNull(objection(behind(42), LIMIT, "SELECT"));
        assertThat(deny.denial().rule()).isEqualTo(Rule.STALE_HOST);
        assertThat(deny.denial().sqlState().code()).isEqualTo("57P03");
        assertThat(deny.denial().message())
                .isEqualTo(
                        "statement refused: the standby's replay is 42.0 s behind, and policy \"fresh\" allows 10.0 s (max_lag)");
    }

    @Test
    void lag_that_cannot_be_told_is_refused() {
        assertThat(objection(new HostLag.Reading.Unknown(), LIMIT, "COPY")).isNotNull();
    }

    @Test
    void what_ends_or_prepares_something_passes_on_any_host() {
        for (String command : List.of("COMMIT", "ROLLBACK", "SET", "DEALLOCATE ALL", "SHOW")) {
            assertThat(objection(behind(42), LIMIT, command)).as(command).isNull();
        }
        for (String command : List.of("SELECT", "EXECUTE", "FETCH", "EXPLAIN", "MULTIPLE")) {
            assertThat(objection(behind(42), LIMIT, command)).as(command).isNotNull();
        }
    }

    @Test
    void lag_for_the_record_is_negative_where_there_is_none() {
        assertThat(new Freshness(() -> behind(2), null).lagNanos()).isEqualTo(2_000_000_000L);
        assertThat(Freshness.ANY.lagNanos()).isNegative();
        assertThat(new Freshness(HostLag.Reading.Primary::new, LIMIT).lagNanos()).isNegative();
    }
}
