package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class HostSelectionTest {

    private static final UpstreamHost A = new UpstreamHost("a", 1);
    private static final UpstreamHost B = new UpstreamHost("b", 2);
    private static final UpstreamHost C = new UpstreamHost("c", 3);
    private static final List<UpstreamHost> ALL = List.of(A, B, C);

    private long now = Duration.ofHours(1).negated().toNanos();
    private final HostSelection hosts =
            new HostSelection(
                    ALL,
                    new HostSelection.Settings(
                            Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ofSeconds(20)),
                    () -> now);

    private void pass(double seconds) {
        now += (long) (seconds * 1e9);
    }

    private UpstreamHost take(List<UpstreamHost> candidates) {
        return Objects.requireNonNull(hosts.take(candidates));
    }

    private List<UpstreamHost> take(int count) {
        List<UpstreamHost> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(take(ALL));
        }
        return taken;
    }

    private HostSelection.State state(UpstreamHost host) {
        return hosts.numbers(host).state();
    }

    @Test
    void equal_hosts_take_turns() {
        assertThat(take(6)).containsExactly(A, B, C, A, B, C);
    }

    @Test
    void equal_hosts_take_turns_even_if_nothing_lasts() {
        List<UpstreamHost> taken = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            UpstreamHost host = take(ALL);
            hosts.release(host);
            taken.add(host);
        }
        assertThat(taken).containsExactly(A, B, C, A, B, C);
    }

    @Test
    void host_with_the_fewest_connections_is_chosen() {
        take(6);
        hosts.release(B);
        hosts.release(B);
        assertThat(take(2)).containsExactly(B, B);
        assertThat(hosts.numbers(B).connections()).isEqualTo(2);
    }

    @Test
    void only_candidates_are_chosen() {
        assertThat(take(List.of(C))).isEqualTo(C);
        assertThat(take(List.of(C))).isEqualTo(C);
        assertThat(hosts.take(List.of())).isNull();
        assertThat(take(2)).containsExactly(A, B);
    }

    @Test
    void failed_host_is_passed_over_until_its_back_off_is_over() {
        hosts.onFailure(A);
        assertThat(state(A)).isEqualTo(HostSelection.State.EJECTED);
        assertThat(take(4)).containsExactly(B, C, B, C);
        pass(1);
        assertThat(state(A)).isEqualTo(HostSelection.State.RETURNING);
        assertThat(hosts.numbers(A).ejections()).isEqualTo(1);
    }

    @Test
    void ejected_host_is_better_than_none_and_the_soonest_to_return_the_best() {
        hosts.onFailure(A);
        pass(0.5);
        hosts.onFailure(B);
        assertThat(take(List.of(A, B))).isEqualTo(A);
        assertThat(take(List.of(B))).isEqualTo(B);
    }

    @Test
    void back_off_doubles_with_each_failure_up_to_the_longest() {
        for (double expected : new double[] {1, 2, 4, 8, 8}) {
            hosts.onFailure(A);
            pass(expected - 0.001);
            assertThat(state(A)).as("%s", expected).isEqualTo(HostSelection.State.EJECTED);
            pass(0.002);
            assertThat(state(A)).as("%s", expected).isEqualTo(HostSelection.State.RETURNING);
        }
    }

    @Test
    void failures_while_ejected_count_once() {
        hosts.onFailure(A);
        hosts.onFailure(A);
        hosts.onFailure(A);
        pass(1);
        assertThat(state(A)).isEqualTo(HostSelection.State.RETURNING);
        assertThat(hosts.numbers(A).ejections()).isEqualTo(1);
    }

    @Test
    void host_that_was_well_for_long_begins_with_the_first_back_off_again() {
        for (int i = 0; i < 5; i++) {
            hosts.onFailure(A);
            pass(8);
        }
        pass(20);
        assertThat(state(A)).isEqualTo(HostSelection.State.SERVING);
        hosts.onFailure(A);
        pass(1);
        assertThat(state(A)).isEqualTo(HostSelection.State.RETURNING);
    }

    @Test
    void stopped_host_stays_out_until_it_serves() {
        hosts.onStopped(A);
        pass(1000);
        assertThat(state(A)).isEqualTo(HostSelection.State.EJECTED);
        hosts.onServes(A);
        assertThat(state(A)).isEqualTo(HostSelection.State.RETURNING);
        assertThat(hosts.numbers(A).share()).isEqualTo(0.1);
    }

    @Test
    void stopped_host_that_serves_at_once_still_waits_for_its_back_off() {
        hosts.onStopped(A);
        hosts.onServes(A);
        assertThat(state(A)).isEqualTo(HostSelection.State.EJECTED);
        pass(1);
        assertThat(state(A)).isEqualTo(HostSelection.State.RETURNING);
    }

    @Test
    void returning_host_gets_its_share_slowly() {
        take(60);
        for (int i = 0; i < 20; i++) {
            hosts.release(A);
        }
        hosts.onStopped(A);
        pass(5);
        hosts.onServes(A);
        assertThat(take(30)).filteredOn(A::equals).hasSize(3);
        pass(10);
        assertThat(hosts.numbers(A).share()).isEqualTo(0.5);
        assertThat(take(24)).filteredOn(A::equals).hasSize(16);
        pass(10);
        assertThat(state(A)).isEqualTo(HostSelection.State.SERVING);
        assertThat(take(9)).containsOnly(A);
    }

    @Test
    void host_of_another_upstream_is_a_bug() {
        assertThatThrownBy(() -> hosts.release(new UpstreamHost("z", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
