package dev.postern.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.protocol.ErrorResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UpstreamFailureTest {

    private static final UpstreamHost HOST = new UpstreamHost("secret-name.db", 5432);

    private static ErrorResponse none(Objection... objections) {
        Map<UpstreamHost, List<Objection>> reasons = new LinkedHashMap<>();
        for (Objection objection : objections) {
            reasons.put(
                    new UpstreamHost("secret-name-" + reasons.size(), 5432), List.of(objection));
        }
        return new UpstreamFailure.NoEligibleHost(reasons).toErrorResponse();
    }

    private static Objection unreachable() {
        return new Objection.Unreachable("10.0.0.1 secret-name", Objection.Cause.NO_CONNECTION);
    }

    @Test
    void only_host_unfit_agent_is_told_which_check_failed() {
        for (Objection objection :
                List.of(
                        unreachable(),
                        new Objection.Primary(),
                        new Objection.WritableRole(List.of("secret-name is a superuser")),
                        new Objection.Behind(42, Duration.ofSeconds(30)),
                        new Objection.LagUnknown(),
                        new Objection.NotProbed())) {
            ErrorResponse error = none(objection);
            assertThat(error.sqlState()).isEqualTo("57P03");
            assertThat(error.message())
                    .isEqualTo("no upstream server is fit to serve: " + objection.forAgent())
                    .doesNotContain("secret-name");
        }
        assertThat(none(new Objection.Behind(42, Duration.ofSeconds(30))).message())
                .endsWith("its replay is 42.0 s behind, more than the 30.0 s that max_lag allows");
    }

    @Test
    void several_hosts_unfit_each_check_is_told_once_with_its_number() {
        assertThat(
                        none(
                                        unreachable(),
                                        new Objection.Behind(99, Duration.ofSeconds(30)),
                                        new Objection.Primary(),
                                        unreachable(),
                                        new Objection.Behind(42, Duration.ofSeconds(30)))
                                .message())
                .isEqualTo(
                        "no upstream server is fit to serve: it cannot be reached (2 of 5 servers);"
                                + " it is a primary and allow_primary is not set (1 of 5 servers);"
                                + " its replay is 42.0 s behind, more than the 30.0 s that max_lag allows (2 of 5 servers)");
    }

    @Test
    void attempt_failed_agent_is_told_the_check_and_not_the_host() {
        for (UpstreamFailure failure :
                List.of(
                        new UpstreamFailure.Unreachable(HOST, "secret-name"),
                        new UpstreamFailure.TimedOut(HOST),
                        new UpstreamFailure.TlsRefused(HOST),
                        new UpstreamFailure.TlsFailed(HOST, "secret-name"),
                        new UpstreamFailure.NotStandby(HOST),
                        new UpstreamFailure.ProtocolViolation(HOST, "secret-name"))) {
            ErrorResponse error = failure.toErrorResponse();
            assertThat(error.sqlState()).isEqualTo("57P03");
            assertThat(error.message())
                    .startsWith("no upstream server is fit to serve: it ")
                    .doesNotContain("secret-name");
            assertThat(failure.isWorthAnotherHost()).isTrue();
        }
    }
}
