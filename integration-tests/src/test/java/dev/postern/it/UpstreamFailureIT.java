package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The server goes away in mid-query: the agent is told, Postern stays, and works again when the
 * server is back.
 */
final class UpstreamFailureIT {

    private static final String LONG_QUERY =
            "SELECT count(*) FROM generate_series(1, 100000000000) AS a";

    @Test
    void serverKilled_inMidQuery_tellsTheAgentAndServesAgainAfterARestart() throws Exception {
        try (LocalPostgres postgres = TestEnvironment.embedded(18, true);
                Gateway gateway = Gateway.before(postgres)) {
            try (RawClient busy = RawClient.connect(gateway.agent());
                    RawClient idle = RawClient.connect(gateway.agent())) {
                busy.query(LONG_QUERY).flush();
                postgres.awaitStatement(LONG_QUERY);

                postgres.killServing();

                assertLost(busy.toTheEnd());
                assertThat(gateway.admin("/healthz").statusCode()).isEqualTo(200);
                assertThat(refusedLogin(gateway)).matches("(57P03|08006|08001) .+");

                postgres.startServing();
                assertThat(
                                Eventually.get(
                                        Duration.ofSeconds(20),
                                        () -> gateway.admin("/readyz").statusCode(),
                                        status -> status == 200))
                        .isEqualTo(200);

                assertThat(idle.query("SELECT 1").answers(1))
                        .map(RawClient.Message::type)
                        .contains('D', 'C');
            }

            try (RawClient next = RawClient.connect(gateway.agent())) {
                assertThat(next.query("SELECT 1").answers(1))
                        .map(RawClient.Message::type)
                        .contains('D', 'C');
            }
        }
    }

    private static void assertLost(List<RawClient.Message> answers) {
        RawClient.Message last = answers.getLast();
        assertThat(last.type()).isEqualTo('E');
        assertThat(last.field('C')).isIn("57P01", "57P02", "08006");
        assertThat(last.field('M')).isNotBlank();
    }

    private static String refusedLogin(Gateway gateway) {
        try {
            RawClient.connect(gateway.agent()).close();
            return "accepted";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
