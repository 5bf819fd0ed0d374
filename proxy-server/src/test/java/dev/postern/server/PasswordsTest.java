package dev.postern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.server.cli.UnusableConfigurationException;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.iam.PasswordSource;
import dev.postern.server.iam.TokenUnavailableException;
import dev.postern.server.secrets.Secret;
import dev.postern.server.secrets.SecretResolver;
import dev.postern.server.upstream.UpstreamHost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordsTest {

    private static final UpstreamHost FIRST = new UpstreamHost("replica-1.db", 5432);
    private static final UpstreamHost SECOND = new UpstreamHost("replica-2.db", 5433);

    @TempDir private Path directory;

    private Instant now = Instant.parse("2026-11-26T12:00:00Z");
    private int fetched;
    private boolean fails;
    private UpstreamConfig upstream;
    private Passwords passwords;

    @BeforeEach
    void load() throws Exception {
        Path file =
                Files.writeString(
                        directory.resolve("postern.yaml"),
                        """
                        upstreams:
                          db:
                            hosts: ["replica-1.db", "replica-2.db:5433"]
                            user: reader
                            iam: {provider: aws, region: eu-central-1}
                        policies:
                          all: {upstream: db, databases: [postgres]}
                        """);
        Configuration configuration = ConfigurationLoader.load(file);
        upstream = Objects.requireNonNull(configuration.upstreams().get("db"));
        passwords =
                new Passwords(
                        SecretResolver.standard(Map.of(), directory),
                        iam -> this::fetch,
                        () -> now);
    }

    private PasswordSource.Token fetch(String host, int port, String user)
            throws TokenUnavailableException {
        fetched++;
        if (fails) {
            throw new TokenUnavailableException("Stand-in", new IllegalStateException("no way"));
        }
        return new PasswordSource.Token(
                Secret.of((user + "@" + host + ":" + port + " " + fetched).toCharArray()),
                now.plus(Duration.ofMinutes(15)));
    }

    private String password(UpstreamHost host) {
        return new String(passwords.of(upstream).get(host));
    }

    @Test
    void tokens_added_areThereForEachHost() throws Exception {
        passwords.add(upstream);

        assertThat(password(FIRST)).isEqualTo("reader@replica-1.db:5432 1");
        assertThat(password(SECOND)).isEqualTo("reader@replica-2.db:5433 2");
        assertThat(password(new UpstreamHost("elsewhere", 1))).isEmpty();
    }

    @Test
    void tokens_expireSoon_areRenewedAndNotBefore() throws Exception {
        passwords.add(upstream);

        now = now.plus(Duration.ofMinutes(9));
        passwords.refresh();
        assertThat(fetched).isEqualTo(2);

        now = now.plus(Duration.ofMinutes(1));
        passwords.refresh();
        assertThat(fetched).isEqualTo(4);
        assertThat(password(FIRST))
                .isIn("reader@replica-1.db:5432 3", "reader@replica-1.db:5432 4");
    }

    @Test
    void cloudFails_renewed_formerTokenStaysAndIsTriedAgain() throws Exception {
        passwords.add(upstream);
        now = now.plus(Duration.ofMinutes(11));
        fails = true;

        passwords.refresh();
        assertThat(password(FIRST)).isEqualTo("reader@replica-1.db:5432 1");

        fails = false;
        passwords.refresh();
        assertThat(password(FIRST)).isNotEqualTo("reader@replica-1.db:5432 1");
    }

    @Test
    void cloudFails_added_saysWhere() {
        fails = true;

        assertThatThrownBy(() -> passwords.add(upstream))
                .isInstanceOf(UnusableConfigurationException.class)
                .hasMessage("upstreams.db.iam: Stand-in gives no token: no way");
    }
}
