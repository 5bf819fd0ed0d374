package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** SIGTERM lets what runs finish, takes nothing new, and ends with exit code 0. */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(NewestGateway.class)
record DrainIT(Gateway gateway) {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Some seconds of work on any machine. */
    private static final String SLOW = "SELECT count(*) FROM generate_series(1, 8000000) AS a";

    @Test
    void termination_duringAQuery_letsItFinishAndRefusesNewSessions() throws Exception {
        try (PosternProcess postern = PosternProcess.before(gateway.upstream());
                RawClient busy = RawClient.connect(postern.agent());
                RawClient idle = RawClient.connect(postern.agent())) {
            busy.query(SLOW).flush();
            gateway.upstream().awaitStatement(SLOW);

            postern.terminate();

            List<RawClient.Message> farewell = idle.toTheEnd();
            assertThat(farewell)
                    .last()
                    .satisfies(message -> assertThat(message.field('C')).isEqualTo("57P01"));
            String login =
                    Eventually.get(
                            PATIENCE, () -> loginError(postern.agent()), error -> !error.isEmpty());
            assertThat(login).as("a new session is refused").isNotEmpty();
            List<RawClient.Message> answers = busy.toTheEnd();
            assertThat(answers).map(RawClient.Message::type).contains('D', 'C');
            assertThat(postern.exitCode()).isZero();
        }
    }

    @Test
    void termination_withoutSessions_endsAtOnce() throws Exception {
        try (PosternProcess postern = PosternProcess.before(gateway.upstream())) {
            postern.terminate();

            assertThat(postern.exitCode()).isZero();
            assertThatThrownBy(() -> RawClient.open(postern.agent()))
                    .isInstanceOf(IOException.class);
        }
    }

    private static String loginError(Endpoint agent) {
        try {
            RawClient.connect(agent).close();
            return "";
        } catch (IOException e) {
            return e.getClass().getSimpleName() + " " + e.getMessage();
        }
    }
}
