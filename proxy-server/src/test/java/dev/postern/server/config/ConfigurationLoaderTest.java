package dev.postern.server.config;

import static dev.postern.server.config.Configurations.MINIMAL;
import static dev.postern.server.config.Configurations.VERIFIER;
import static dev.postern.server.config.Configurations.parse;
import static dev.postern.server.config.Configurations.problems;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationLoaderTest {

    @Test
    void minimalText_read_hasEveryDefault() {
        Configuration configuration = parse(MINIMAL);

        assertThat(configuration)
                .isEqualTo(
                        new Configuration(
                                Path.of("/etc/postern"),
                                new ListenConfig(
                                        "127.0.0.1",
                                        6432,
                                        new ListenTlsConfig(
                                                ListenTlsMode.DISABLE, null, null, null),
                                        Duration.ofSeconds(15),
                                        200,
                                        2000),
                                new AdminConfig("127.0.0.1", 8432, 64, Duration.ofSeconds(10)),
                                Map.of(
                                        "shop",
                                        new UpstreamConfig(
                                                "shop",
                                                List.of(new HostPort("replica-1.db", 5432)),
                                                "postern_reader",
                                                null,
                                                null,
                                                new UpstreamTlsConfig(
                                                        UpstreamTlsMode.VERIFY_FULL,
                                                        null,
                                                        null,
                                                        null,
                                                        UpstreamChannelBinding.PREFER),
                                                null,
                                                false,
                                                false,
                                                null,
                                                Duration.ofSeconds(5),
                                                Duration.ofSeconds(5),
                                                Duration.ofSeconds(3),
                                                new EjectionConfig(
                                                        Duration.ofSeconds(1),
                                                        Duration.ofMinutes(1)),
                                                Duration.ofSeconds(30),
                                                new PoolConfig(
                                                        100,
                                                        PoolModeName.SESSION,
                                                        0,
                                                        Duration.ofMinutes(5),
                                                        Duration.ofSeconds(10),
                                                        Duration.ofMillis(5),
                                                        10_000,
                                                        Duration.ofSeconds(5),
                                                        500))),
                                Map.of(
                                        "reporting",
                                        new PolicyConfig(
                                                "reporting",
                                                "shop",
                                                List.of("shop"),
                                                null,
                                                PolicyMode.ENFORCE,
                                                RelationsConfig.NONE,
                                                List.of(),
                                                new LimitsConfig(
                                                        Duration.ofSeconds(30),
                                                        null,
                                                        null,
                                                        100,
                                                        null,
                                                        null,
                                                        null))),
                                Map.of(),
                                new AuditConfig(
                                        new AuditConfig.File(
                                                Path.of("/etc/postern/audit"),
                                                256L << 20,
                                                16 << 20,
                                                256 << 10,
                                                AuditSync.NONE)),
                                new GateConfig(
                                        2,
                                        256 << 10,
                                        32 << 20,
                                        4000,
                                        250_000,
                                        200,
                                        Duration.ofMillis(150),
                                        Duration.ofSeconds(2),
                                        1024,
                                        16L << 20,
                                        new GateConfig.SecondReader(Duration.ofMillis(100)),
                                        64L << 20,
                                        new GateConfig.Catalog(
                                                Duration.ofSeconds(60),
                                                Duration.ofMillis(250),
                                                Duration.ofSeconds(5),
                                                Duration.ofSeconds(30),
                                                1_000_000,
                                                256 << 10,
                                                64L << 20)),
                                new SessionConfig(4 << 20, 1000, 1000, 10_000, 128 << 10, null),
                                new ServerConfig(
                                        null,
                                        null,
                                        Duration.ofSeconds(30),
                                        Duration.ofSeconds(5))));
    }

    @Test
    void everyKeyWritten_read_hasWhatWasWritten() {
        Configuration configuration =
                parse(
                        """
                        listen:
                          host: 0.0.0.0
                          port: 7432
                          tls: {mode: require, certificate: server.crt, key: /keys/server.key, client_ca: ../agents-ca.crt}
                          authentication_timeout: 500ms
                          max_unauthenticated: 7
                          max_sessions: 8
                        admin: {host: "::1", port: 0, max_connections: 3, request_timeout: 2s}
                        upstreams:
                          shop:
                            hosts: [replica-1.db:5433, "[2001:db8::1]:5434", replica-2.db]
                            user: postern_reader
                            password: ${file:/run/secrets/upstream}
                            tls: {mode: verify-ca, ca: ca.crt, certificate: client.crt, key: /run/secrets/client.key, channel_binding: require}
                            ssh: {host: "bastion.db:2222", user: tunnel, key: id, passphrase: "${env:PHRASE}", known_hosts: known_hosts, connect_timeout: 3s, keep_alive: 4s}
                            allow_primary: true
                            allow_writable_role: true
                            max_lag: 30s
                            connect_timeout: 1m
                            check_interval: 1h
                            check_timeout: 7s
                            ejection: {initial: 200ms, max: 2m}
                            slow_start: 0s
                            pool: {max: 40, short_transaction: 7ms}
                        policies:
                          reporting:
                            upstream: shop
                            databases: [shop, archive]
                            max_lag: 10s
                            mode: observe
                            relations: {allow: ["public.*", 'crm."Big Table"'], deny: ["public.password_*"]}
                            columns: {deny: [public.users.password_hash]}
                            functions: {allow: ["public.distance(*)"]}
                            limits: {statement_timeout: 2m, max_rows: 100000, max_result: 64MiB, max_sessions: 10, queries_per_minute: 600}
                        agents:
                          report-bot: {policy: reporting, owner: dana@example.com, verifier: "VERIFIER", networks: [10.0.0.0/8, "2001:db8::/32"], expires: 2027-03-01, created: "2026-11-23T12:00:00Z"}
                        audit: {file: {directory: /var/log/postern, rotate: 1GiB, journal: 4MiB, max_statement: 1KiB, sync: interval}}
                        gate:
                          threads: 3
                          max_text: 64KiB
                          max_tree: 1MiB
                          max_nesting: 100
                          max_nodes: 1000
                          max_statements: 3
                          time_limit: 1s
                          wall_time_limit: 3s
                          max_waiting: 5
                          max_waiting_size: 64KiB
                          second_reader: {time_limit: 50ms}
                          cache: {size: 1MiB}
                          catalog: {refresh_interval: 5s, min_interval: 500ms, max_wait: 3s, time_limit: 9s, max_objects: 10000, max_definition: 1KiB, max_text: 1MiB}
                        session: {max_message: 1MiB, max_prepared_statements: 11, max_portals: 12, max_pipeline: 13, write_buffer: 64KiB, idle_timeout: 1h}
                        server: {event_loops: 6, drain_timeout: 0s, reload_interval: 1d}
                        """
                                .replace("VERIFIER", VERIFIER));

        assertThat(configuration)
                .isEqualTo(
                        new Configuration(
                                Path.of("/etc/postern"),
                                new ListenConfig(
                                        "0.0.0.0",
                                        7432,
                                        new ListenTlsConfig(
                                                ListenTlsMode.REQUIRE,
                                                Path.of("/etc/postern/server.crt"),
                                                Path.of("/keys/server.key"),
                                                Path.of("/etc/agents-ca.crt")),
                                        Duration.ofMillis(500),
                                        7,
                                        8),
                                new AdminConfig("::1", 0, 3, Duration.ofSeconds(2)),
                                Map.of(
                                        "shop",
                                        new UpstreamConfig(
                                                "shop",
                                                List.of(
                                                        new HostPort("replica-1.db", 5433),
                                                        new HostPort("2001:db8::1", 5434),
                                                        new HostPort("replica-2.db", 5432)),
                                                "postern_reader",
                                                new SecretReference(
                                                        "file", "/run/secrets/upstream"),
                                                null,
                                                new UpstreamTlsConfig(
                                                        UpstreamTlsMode.VERIFY_CA,
                                                        Path.of("/etc/postern/ca.crt"),
                                                        Path.of("/etc/postern/client.crt"),
                                                        Path.of("/run/secrets/client.key"),
                                                        UpstreamChannelBinding.REQUIRE),
                                                new SshConfig(
                                                        new HostPort("bastion.db", 2222),
                                                        "tunnel",
                                                        null,
                                                        Path.of("/etc/postern/id"),
                                                        new SecretReference("env", "PHRASE"),
                                                        Path.of("/etc/postern/known_hosts"),
                                                        null,
                                                        Duration.ofSeconds(3),
                                                        Duration.ofSeconds(4)),
                                                true,
                                                true,
                                                Duration.ofSeconds(30),
                                                Duration.ofMinutes(1),
                                                Duration.ofHours(1),
                                                Duration.ofSeconds(7),
                                                new EjectionConfig(
                                                        Duration.ofMillis(200),
                                                        Duration.ofMinutes(2)),
                                                Duration.ZERO,
                                                new PoolConfig(
                                                        40,
                                                        PoolModeName.SESSION,
                                                        0,
                                                        Duration.ofMinutes(5),
                                                        Duration.ofSeconds(10),
                                                        Duration.ofMillis(7),
                                                        10_000,
                                                        Duration.ofSeconds(5),
                                                        500))),
                                Map.of(
                                        "reporting",
                                        new PolicyConfig(
                                                "reporting",
                                                "shop",
                                                List.of("shop", "archive"),
                                                Duration.ofSeconds(10),
                                                PolicyMode.OBSERVE,
                                                new RelationsConfig(
                                                        List.of("public.*", "crm.\"Big Table\""),
                                                        List.of("public.password_*"),
                                                        List.of("public.users.password_hash")),
                                                List.of("public.distance(*)"),
                                                new LimitsConfig(
                                                        Duration.ofMinutes(2),
                                                        100_000L,
                                                        64L << 20,
                                                        10,
                                                        null,
                                                        null,
                                                        600))),
                                Map.of(
                                        "report-bot",
                                        new AgentConfig(
                                                "report-bot",
                                                "reporting",
                                                "dana@example.com",
                                                new VerifierText(VERIFIER),
                                                List.of("10.0.0.0/8", "2001:db8::/32"),
                                                Instant.parse("2027-03-01T00:00:00Z"),
                                                Instant.parse("2026-11-23T12:00:00Z"))),
                                new AuditConfig(
                                        new AuditConfig.File(
                                                Path.of("/var/log/postern"),
                                                1L << 30,
                                                4 << 20,
                                                1 << 10,
                                                AuditSync.INTERVAL)),
                                new GateConfig(
                                        3,
                                        64 << 10,
                                        1 << 20,
                                        100,
                                        1000,
                                        3,
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(3),
                                        5,
                                        64L << 10,
                                        new GateConfig.SecondReader(Duration.ofMillis(50)),
                                        1L << 20,
                                        new GateConfig.Catalog(
                                                Duration.ofSeconds(5),
                                                Duration.ofMillis(500),
                                                Duration.ofSeconds(3),
                                                Duration.ofSeconds(9),
                                                10_000,
                                                1 << 10,
                                                1L << 20)),
                                new SessionConfig(
                                        1 << 20, 11, 12, 13, 64 << 10, Duration.ofHours(1)),
                                new ServerConfig(6, null, Duration.ZERO, Duration.ofDays(1))));
    }

    @Test
    void emptySections_read_areLikeMissingOnes() {
        assertThat(parse("listen:\nagents:\ngate: {}\nadmin: ~\n" + MINIMAL))
                .isEqualTo(parse(MINIMAL));
    }

    @Test
    void severalProblems_read_areAllReportedInOrder() {
        assertThat(
                        problems(
                                """
                                listen: {prot: 6432, port: many}
                                upstreams:
                                  shop:
                                    hosts: replica-1.db
                                    password: hunter2
                                policies:
                                  reporting: {upstream: shop, databases: []}
                                """))
                .containsExactly(
                        "postern.yaml:1: listen.prot: unknown key (did you mean port?)",
                        "postern.yaml:1: listen.port: must be a whole number from 0 to 65535, not \"many\"",
                        "postern.yaml:3: upstreams.shop.user: missing; it is required: The role Postern logs in as; it must not be able to write.",
                        "postern.yaml:4: upstreams.shop.hosts: must be a list in brackets, each element host:port, such as replica-1.db:5432 or [2001:db8::1]:5432",
                        "postern.yaml:5: upstreams.shop.password: must be a reference to a secret, such as \"${file:/run/secrets/name}\" or \"${env:NAME}\": secrets never stand in this file",
                        "postern.yaml:7: policies.reporting.databases: must have 1 to 1000 elements, not 0");
    }

    @Test
    void namesThatLeadNowhere_read_areReportedWithTheNearest() {
        assertThat(
                        problems(
                                MINIMAL.replace("upstream: shop", "upstream: shpo")
                                        + "agents:\n  bot:\n    policy: reprting\n    verifier: \""
                                        + VERIFIER
                                        + "\"\n"))
                .containsExactly(
                        "postern.yaml:7: policies.reporting.upstream: there is no upstream \"shpo\" (did you mean shop?)",
                        "postern.yaml:11: agents.bot.policy: there is no policy \"reprting\" (did you mean reporting?)");
    }

    @Test
    void emptyText_read_asksForWhatIsRequired() {
        assertThat(problems(""))
                .containsExactly(
                        "postern.yaml: upstreams: at least one upstream is required",
                        "postern.yaml: policies: at least one policy is required");
    }

    @Test
    void keyWrittenTwice_read_isRefusedWithBothLines() {
        assertThat(problems("admin: {port: 1}\n" + MINIMAL + "admin: {port: 2}\n"))
                .containsExactly("postern.yaml:10: admin: written twice, first on line 1");
    }

    @Test
    void notYaml_read_isRefusedWithItsLineAndWithoutItsContent() {
        assertThat(problems("listen: {port: 1\nagents:\n  bot: {verifier: \"s3cret\n"))
                .singleElement()
                .asString()
                .startsWith("postern.yaml:")
                .contains("not valid YAML")
                .doesNotContain("s3cret");
    }

    @Test
    void anchorsTagsAndDocuments_read_areRefused() {
        assertThat(problems("admin: &a {port: 1}\n" + MINIMAL))
                .containsExactly(
                        "postern.yaml:1: anchors and aliases (& and *) are not supported: write the value out");
        assertThat(problems(MINIMAL + "---\n" + MINIMAL))
                .singleElement()
                .asString()
                .contains("not valid YAML");
        assertThat(problems("admin: *a\n" + MINIMAL))
                .singleElement()
                .asString()
                .contains("not valid YAML");
    }

    @Test
    void deepAndLongTexts_read_areRefused() {
        assertThat(problems("a: " + "[".repeat(5000)))
                .singleElement()
                .asString()
                .contains("not valid YAML");
        assertThat(problems("#" + "x".repeat(YamlDocument.MAX_LENGTH)))
                .containsExactly("postern.yaml: longer than 4194304 characters");
    }

    @Test
    void listAtTopLevel_read_isRefused() {
        assertThat(problems("- a\n"))
                .contains("postern.yaml:1: a configuration is a mapping of keys to values");
    }

    @Test
    void patternThatIsNone_read_isRefusedWithItsForm() {
        assertThat(problems(MINIMAL + "    relations: {allow: [orders], deny: [\"a.b.c\"]}\n"))
                .hasSize(2)
                .allMatch(problem -> problem.contains("a relation with its schema, such as"));
        assertThat(problems(MINIMAL + "    columns: {deny: [\"public.users\"]}\n"))
                .singleElement()
                .asString()
                .contains("policies.reporting.columns.deny")
                .contains("a column with its schema and relation");
    }

    @Test
    void keysOfLaterVersions_read_areRefusedByName() {
        String yaml =
                MINIMAL.replace(
                                "user: postern_reader",
                                "user: postern_reader\n    pool: {idle: 5m, mode: transaction}")
                        + "    functions: {deny: [\"public.f(*)\"]}\n";

        List<String> found = problems(yaml);

        assertThat(found).hasSize(LaterKeys.MEANINGS.size());
        assertThat(found)
                .allMatch(problem ->
                        problem.contains("this version of Postern does not have this key"));
        assertThat(found)
                .contains(
                        "postern.yaml:10: policies.reporting.functions.deny: this version of Postern does not have this key (denying functions; what is not known to be harmless and is not named by functions.allow is denied)");
    }

    @Test
    void file_loaded_resolvesPathsAgainstItsDirectory(@TempDir Path directory)
            throws IOException, InvalidConfigurationException {
        Path file = Files.writeString(directory.resolve("postern.yaml"), MINIMAL);

        assertThat(ConfigurationLoader.load(file).audit().file().directory())
                .isEqualTo(directory.resolve("audit"));
        assertThat(ConfigurationLoader.load(file).directory()).isEqualTo(directory);
    }

    @Test
    void unreadableFile_loaded_saysWhy(@TempDir Path directory) throws IOException {
        assertThatThrownBy(() -> ConfigurationLoader.load(directory.resolve("absent.yaml")))
                .isInstanceOf(InvalidConfigurationException.class)
                .hasMessage(directory.resolve("absent.yaml") + ": there is no such file");
        assertThatThrownBy(() -> ConfigurationLoader.load(directory))
                .hasMessage(directory + ": it is a directory");
        Path latin1 =
                Files.write(
                        directory.resolve("latin1.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE9});
        assertThatThrownBy(() -> ConfigurationLoader.load(latin1))
                .hasMessage(latin1 + ": not UTF-8");
    }
}
