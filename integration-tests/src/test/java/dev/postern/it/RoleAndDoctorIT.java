package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.server.PosternServer;
import dev.postern.server.cli.RunningServer;
import dev.postern.server.config.ConfigurationLoader;
import dev.postern.server.demo.Directories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The script that {@code postern role-sql} prints makes a role that {@code postern doctor} and
 * {@code postern serve} are content with, and that PostgreSQL itself lets read what the policy
 * opens and nothing else.
 */
final class RoleAndDoctorIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROLE = "exact reader";
    private static final String PASSWORD = "of-this-test-only";
    private static final String AGENT = "it-agent";
    private static final Duration DRAIN = Duration.ofSeconds(5);

    private static final String[] OBJECTS = {
        "CREATE ROLE shop_owner",
        "GRANT CREATE ON DATABASE shop TO shop_owner",
        "SET ROLE shop_owner",
        "CREATE SCHEMA crm",
        "CREATE SCHEMA \"Odd;\"",
        "CREATE SCHEMA closed",
        "CREATE TABLE crm.users (id int, email text, \"order\" int)",
        "CREATE TABLE crm.password_reset (id int)",
        "CREATE VIEW crm.emails AS SELECT id, email FROM crm.users",
        "CREATE VIEW crm.resets AS SELECT id FROM crm.password_reset",
        "CREATE TABLE crm.parts (id int) PARTITION BY LIST (id)",
        "CREATE TABLE crm.parts_1 PARTITION OF crm.parts FOR VALUES IN (1)",
        "CREATE TABLE \"Odd;\".\"T'able\"\" x\" (a int)",
        "CREATE TABLE closed.secret (a int)",
        "INSERT INTO crm.users VALUES (1, 'e', 2)",
        "RESET ROLE"
    };

    private static final List<String> OPEN =
            List.of(
                    "SELECT id, \"order\" FROM crm.users",
                    "SELECT id FROM crm.emails",
                    "SELECT * FROM crm.parts",
                    "SELECT * FROM crm.parts_1",
                    "SELECT count(*) FROM customers",
                    "TABLE \"Odd;\".\"T'able\"\" x\"");

    private static final List<String> CLOSED =
            List.of(
                    "SELECT email FROM crm.users",
                    "SELECT * FROM crm.users",
                    "SELECT email FROM crm.emails",
                    "SELECT * FROM crm.password_reset",
                    "SELECT * FROM crm.resets",
                    "SELECT * FROM products",
                    "SELECT * FROM closed.secret");

    private static final String[] DRIFT = {
        "GRANT pg_read_all_data TO \"exact reader\"",
        "ALTER ROLE \"exact reader\" CREATEDB",
        "GRANT SELECT, INSERT ON closed.secret TO \"exact reader\"",
        "GRANT USAGE, CREATE ON SCHEMA closed TO \"exact reader\"",
        "GRANT SELECT (email) ON crm.users TO \"exact reader\"",
        "GRANT UPDATE (id) ON crm.users TO \"exact reader\"",
        "GRANT CREATE ON DATABASE shop TO \"exact reader\"",
        "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner GRANT INSERT ON TABLES TO \"exact reader\""
    };

    /** A Postern that is not served yet: its files, and the server that it is to stand before. */
    private record Site(Path directory, PostgresUnderTest server, Path configuration) {

        static Site write(Path directory, PostgresUnderTest server) throws IOException {
            secret(directory.resolve("upstream.password"), PASSWORD);
            secret(directory.resolve("admin.password"), server.primary().password());
            Path file = directory.resolve("postern.yaml");
            Files.writeString(
                    file,
                    """
                    listen: {host: 127.0.0.1, port: 0}
                    admin: {host: 127.0.0.1, port: 0}
                    upstreams:
                      it:
                        hosts: ["127.0.0.1:%d"]
                        user: %s
                        password: "${file:upstream.password}"
                        tls: {mode: disable}
                        max_lag: 60s
                        connect_timeout: 30s
                        allow_primary: %s
                    policies:
                      it:
                        upstream: it
                        databases: [shop]
                        relations: {allow: ["crm.*", "\\"Odd;\\".*", public.customers], deny: ["crm.password_*"]}
                        columns: {deny: [crm.users.email]}
                    gate: {time_limit: 5s}
                    audit: {file: {directory: audit, rotate: 1MiB}}
                    """
                            .formatted(server.serving().port(), ROLE, !server.hasStandby()));
            return new Site(directory, server, file);
        }

        private static void secret(Path file, String text) throws IOException {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, text);
        }

        ClientProgram.Result postern(String... arguments) throws Exception {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(
                    List.of(
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-Dlogback.configurationFile=logback.xml",
                            "-cp",
                            Objects.requireNonNull(System.getProperty("java.class.path")),
                            "dev.postern.server.Main"));
            command.addAll(List.of(arguments));
            command.addAll(List.of("--config", configuration.toString()));
            ClientProgram.Result result = ClientProgram.run(server.serving(), "", command);
            assertThat(result.output() + result.errors())
                    .doesNotContain(PASSWORD, server.primary().password());
            return result;
        }

        Endpoint role() {
            return server.serving().as(ROLE, PASSWORD);
        }

        /** Makes the script and runs it on the primary, twice. */
        void runScript(String... how) throws Exception {
            List<String> arguments = new ArrayList<>(List.of("role-sql", "--policy", "it"));
            arguments.addAll(List.of(how));
            ClientProgram.Result script = postern(arguments.toArray(String[]::new));
            assertThat(script.status()).as(script.errors()).isZero();
            assertThat(script.errors()).isEmpty();
            for (int i = 0; i < 2; i++) {
                ClientProgram.Result psql =
                        ClientProgram.run(
                                server.primary(),
                                script.output(),
                                List.of("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"));
                assertThat(psql.status()).as(psql.errors()).isZero();
                assertThat(psql.errors()).isEmpty();
            }
            server.awaitReplay();
        }

        void onPrimary(String... statements) throws Exception {
            Sql.execute(server.primary(), statements);
            server.awaitReplay();
        }

        /** Returns the level of each check that is not ok, by its code. */
        Map<String, String> doctor(int exitCode) throws Exception {
            ClientProgram.Result result = postern("doctor", "--json");
            assertThat(result.status()).as(result.output() + result.errors()).isEqualTo(exitCode);
            Map<String, String> levels = new TreeMap<>();
            for (JsonNode check : JSON.readTree(result.output()).path("checks")) {
                if (!check.path("level").asText().equals("ok")) {
                    levels.put(check.path("check").asText(), check.path("level").asText());
                }
            }
            return levels;
        }

        void assertReadsWhatIsOpenAndNothingElse() throws Exception {
            Sql.execute(role(), OPEN.toArray(String[]::new));
            for (String sql : CLOSED) {
                assertRefused(sql);
            }
        }

        void assertRefused(String sql) {
            assertThatThrownBy(() -> Sql.execute(role(), sql))
                    .as(sql)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    @ParameterizedTest
    @CsvSource({"18, true", "14, false"})
    void role_madeByTheScript_readsWhatThePolicyOpensAndNothingElse(int version, boolean standby)
            throws Exception {
        Path directory = Files.createTempDirectory("postern-it-");
        try (PostgresUnderTest server = TestEnvironment.embedded(version, standby)) {
            Sql.execute(server.primary(), OBJECTS);
            server.awaitReplay();
            Site site = Site.write(directory, server);
            Map<String, String> ideal = standby ? Map.of() : Map.of("upstream.standby", "waived");

            beforeTheRoleExists(site);
            site.runScript("--as", "postgres", "--password", "${file:admin.password}");
            site.onPrimary("ALTER ROLE \"" + ROLE + "\" PASSWORD '" + PASSWORD + "'");
            site.assertReadsWhatIsOpenAndNothingElse();
            String password = addAgent(site);
            assertThat(site.doctor(0)).isEqualTo(ideal);
            whatIsCreatedLater(site);
            whatTheRoleShouldNotHold(site, ideal);
            serve(site, password);
        } finally {
            Directories.delete(directory);
        }
    }

    private static void beforeTheRoleExists(Site site) throws Exception {
        ClientProgram.Result unread = site.postern("role-sql", "--policy", "it");
        assertThat(unread.status()).isEqualTo(2);
        assertThat(unread.output()).isEmpty();
        assertThat(unread.errors())
                .startsWith("postern: what database shop holds could not be read: 127.0.0.1:");
        assertThat(site.doctor(1))
                .containsEntry("upstream.reachable", "fail")
                .containsEntry("catalog.readable", "fail")
                .containsEntry("agent.verifier", "note");
    }

    private static String addAgent(Site site) throws Exception {
        ClientProgram.Result added =
                site.postern(
                        "agent",
                        "add",
                        AGENT,
                        "--policy",
                        "it",
                        "--owner",
                        "dana@example.com",
                        "--expires",
                        "2999-01-01",
                        "--json");
        assertThat(added.status()).as(added.errors()).isZero();
        return JSON.readTree(added.output()).path("password").asText();
    }

    private static void whatIsCreatedLater(Site site) throws Exception {
        site.onPrimary(
                "SET ROLE shop_owner",
                "CREATE TABLE \"Odd;\".later (a int)",
                "CREATE TABLE crm.later (a int)");
        Sql.execute(site.role(), "SELECT * FROM \"Odd;\".later");
        site.assertRefused("SELECT * FROM crm.later");
        assertThat(site.doctor(0)).containsEntry("role.sufficient", "note");
        site.runScript();
        Sql.execute(site.role(), "SELECT * FROM crm.later");
    }

    private static void whatTheRoleShouldNotHold(Site site, Map<String, String> ideal)
            throws Exception {
        site.onPrimary(DRIFT);
        assertThat(site.doctor(1))
                .containsEntry("role.read_only", "fail")
                .containsEntry("role.scoped", "note");
        site.runScript();
        site.assertReadsWhatIsOpenAndNothingElse();
        site.onPrimary("SET ROLE shop_owner", "CREATE TABLE closed.later (a int)");
        assertThat(site.doctor(0)).isEqualTo(ideal);
    }

    private static void serve(Site site, String password) throws Exception {
        RunningServer postern = PosternServer.start(ConfigurationLoader.load(site.configuration()));
        try {
            Endpoint agent =
                    new Endpoint("127.0.0.1", postern.address().getPort(), "shop", AGENT, password);
            for (String sql : OPEN) {
                Sql.execute(agent, sql);
            }
        } finally {
            postern.drain(DRAIN);
        }
    }
}
