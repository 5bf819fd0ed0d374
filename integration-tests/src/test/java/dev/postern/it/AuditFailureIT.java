package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** What cannot be audited is not executed. */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(NewestGateway.class)
record AuditFailureIT(Gateway gateway) {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void trailThatCannotGrow_refusesStatementsAndSaysWhy() throws Exception {
        try (PosternProcess postern = PosternProcess.before(gateway.upstream());
                RawClient client = RawClient.connect(postern.agent())) {
            assertThat(client.query("SELECT 1").answers(1))
                    .map(RawClient.Message::type)
                    .contains('D');
            assertThat(postern.admin("/readyz").statusCode()).isEqualTo(200);

            postern.fillDisk();

            List<RawClient.Message> refusal =
                    Eventually.get(
                            PATIENCE,
                            () -> client.query("SELECT 4242").answers(1),
                            answers -> answers.getFirst().type() == 'E');
            assertThat(refusal).map(RawClient.Message::type).containsExactly('E', 'Z');
            assertThat(refusal.getFirst().field('D')).contains("\"rule\":\"audit_unavailable\"");
            HttpResponse<String> ready =
                    Eventually.get(
                            PATIENCE,
                            () -> postern.admin("/readyz"),
                            answer -> answer.statusCode() != 200);
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("audit");
            assertThat(postern.admin("/healthz").statusCode()).isEqualTo(200);
        }
    }
}
