package dev.postern.server.iam;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each SDK's own default chain, in a process whose environment leads to a stand-in of the token
 * endpoint.
 */
class DefaultChainsTest {

    @TempDir private Path home;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private HttpServer endpoint;

    @BeforeEach
    void startEndpoint() throws IOException {
        endpoint = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        endpoint.start();
    }

    @AfterEach
    void stopEndpoint() {
        endpoint.stop(0);
    }

    private String address() {
        return "127.0.0.1:" + endpoint.getAddress().getPort();
    }

    private void answer(String path, String json, Map<String, String> headers) {
        endpoint.createContext(
                path,
                exchange -> {
                    requests.add(
                            exchange.getRequestURI()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization")
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Metadata-Flavor")
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("X-IDENTITY-HEADER"));
                    byte[] body = json.getBytes(StandardCharsets.UTF_8);
                    exchange.getResponseHeaders().add("Content-Type", "application/json");
                    headers.forEach(exchange.getResponseHeaders()::add);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
    }

    private String run(String cloud, Map<String, String> environment) throws Exception {
        Path errors = home.resolve("errors");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Duser.home=" + home,
                                "-cp",
                                Objects.requireNonNull(System.getProperty("java.class.path")),
                                "dev.postern.server.iam.IamMain",
                                cloud)
                        .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean _ = process.waitFor(60, TimeUnit.SECONDS);
        assertThat(process.exitValue())
                .as(() -> {
                    try {
                        return Files.readString(errors);
                    } catch (IOException e) {
                        return e.toString();
                    }
                })
                .isZero();
        return output.strip();
    }

    private static Instant expires(String output) {
        return Instant.parse(output.split(" ", 2)[0]);
    }

    @Test
    void aws_credentialsOfAContainer_signTheToken() throws Exception {
        answer(
                "/credentials",
                """
                {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "secret", "Token": "session",
                 "Expiration": "%s"}
                """
                        .formatted(Instant.now().plus(Duration.ofHours(6)).toString()),
                Map.of());

        String output =
                run(
                        "aws",
                        Map.of(
                                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                "http://" + address() + "/credentials",
                                "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                                "Bearer pod"));

        assertThat(requests).containsExactly("/credentials Bearer pod null null");
        assertThat(output)
                .contains(" db.example.com:5432/?")
                .contains("DBUser=reader")
                .contains("X-Amz-Credential=AKIDEXAMPLE%2F")
                .contains("%2Feu-central-1%2Frds-db%2Faws4_request")
                .contains("X-Amz-Security-Token=session")
                .doesNotContain("https://");
        assertThat(expires(output))
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(13)),
                        Instant.now().plus(Duration.ofMinutes(15)));
    }

    @Test
    void gcp_metadataServer_givesATokenForLoginsOnly() throws Exception {
        answer(
                "/computeMetadata/v1/instance/service-accounts/default/token",
                "{\"access_token\": \"ya29.stand-in\", \"expires_in\": 3599, \"token_type\": \"Bearer\"}",
                Map.of("Metadata-Flavor", "Google"));
        answer("/", "{}", Map.of("Metadata-Flavor", "Google"));

        String output = run("gcp", Map.of("GCE_METADATA_HOST", address()));

        assertThat(output).endsWith(" ya29.stand-in");
        assertThat(expires(output)).isAfter(Instant.now().plus(Duration.ofMinutes(50)));
        assertThat(requests)
                .anySatisfy(request ->
                        assertThat(request)
                                .startsWith(
                                        "/computeMetadata/v1/instance/service-accounts/default/token?")
                                .contains("sqlservice.login")
                                .contains(" Google "));
    }

    @Test
    void azure_managedIdentity_givesATokenForDatabases() throws Exception {
        answer(
                "/msi/token",
                """
                {"access_token": "eyJ0.stand-in", "expires_on": "%d", "resource": "https://ossrdbms-aad.database.windows.net",
                 "token_type": "Bearer", "client_id": "1"}
                """
                        .formatted(Instant.now().plus(Duration.ofHours(2)).getEpochSecond()),
                Map.of());

        String output =
                run(
                        "azure",
                        Map.of(
                                "IDENTITY_ENDPOINT",
                                "http://" + address() + "/msi/token",
                                "IDENTITY_HEADER",
                                "header",
                                "AZURE_TOKEN_CREDENTIALS",
                                "prod"));

        assertThat(output).endsWith(" eyJ0.stand-in");
        assertThat(expires(output)).isAfter(Instant.now().plus(Duration.ofMinutes(90)));
        assertThat(requests)
                .anySatisfy(request ->
                        assertThat(request)
                                .startsWith("/msi/token?")
                                .contains("ossrdbms-aad.database.windows.net")
                                .endsWith(" header"));
    }
}
