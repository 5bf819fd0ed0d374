package dev.postern.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.postern.server.cli.CommandLines.Result;
import dev.postern.server.config.Configuration;
import dev.postern.server.config.SecretReference;
import dev.postern.server.config.UpstreamConfig;
import dev.postern.server.tools.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleSqlCommandTest {

    @TempDir private Path directory;
    private Path file = Path.of("postern.yaml");
    private final List<UpstreamConfig> asked = new ArrayList<>();

    /** Whether no host answers. */
    private boolean unreachable;

    private Workbench open(Configuration configuration, boolean offline) {
        asked.add(Objects.requireNonNull(configuration.upstreams().get("shop")));
        return new CatalogBench(unreachable || offline);
    }

    @BeforeEach
    void write() throws Exception {
        file =
                Files.writeString(
                        directory.resolve("postern.yaml"),
                        """
                        upstreams:
                          shop: {hosts: [replica-1.db], user: postern_reader}
                          other: {hosts: [replica-2.db], user: postern_reader}
                        policies:
                          reporting:
                            upstream: shop
                            databases: [shop]
                            relations: {allow: ["public.*", "public.far"], deny: ["public.secrets"]}
                            columns: {deny: ["public.orders.name"]}
                          notes: {upstream: shop, databases: [shop], relations: {allow: ["app.*"]}}
                          elsewhere: {upstream: other, databases: [shop]}
                        """);
    }

    private Result run(String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "role-sql";
        all[1] = "--config";
        all[2] = file.toString();
        System.arraycopy(arguments, 0, all, 3, arguments.length);
        return CommandLines.run(PosternCommand.with(new RoleSqlCommand(this::open)), all);
    }

    private static List<String> grants(Result result) {
        return result.out()
                .lines()
                .filter(line -> line.startsWith("GRANT") || line.startsWith("ALTER DEFAULT"))
                .toList();
    }

    @Test
    void script_grantsWhatTheGateWouldLetBeRead() {
        Result result = run("--policy", "reporting", "--policy", "notes");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(grants(result))
                .containsExactly(
                        "GRANT CONNECT ON DATABASE shop TO postern_reader;",
                        "GRANT USAGE ON SCHEMA app TO postern_reader;",
                        "GRANT USAGE ON SCHEMA public TO postern_reader;",
                        "GRANT SELECT ON TABLE app.notes TO postern_reader;",
                        "GRANT SELECT (id) ON TABLE public.big TO postern_reader;",
                        "GRANT SELECT ON TABLE public.customers TO postern_reader;",
                        "GRANT SELECT ON TABLE public.far TO postern_reader;",
                        "GRANT SELECT (id) ON TABLE public.orders TO postern_reader;",
                        "GRANT SELECT (id) ON TABLE public.orders_old TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT SELECT ON TABLES TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT SELECT ON SEQUENCES TO postern_reader;");
    }

    @Test
    void policyThatSharesItsRole_isWarnedOf() {
        Result result = run("-p", "notes");

        assertThat(result.exitCode()).isZero();
        assertThat(result.err())
                .startsWith("postern: warning: the role also serves policy reporting, which loses");
        assertThat(grants(result)).contains("GRANT SELECT ON TABLE app.notes TO postern_reader;");
    }

    @Test
    void json_hasStatementsThatAnyClientCanRun() throws Exception {
        Result result = run("-p", "reporting", "-p", "notes", "--json");
        JsonNode json = new ObjectMapper().readTree(result.out());

        assertThat(result.out().lines()).hasSize(1);
        assertThat(json.path("role").asText()).isEqualTo("postern_reader");
        assertThat(json.path("upstream").asText()).isEqualTo("shop");
        assertThat(json.path("policies").toString()).isEqualTo("[\"reporting\",\"notes\"]");
        assertThat(json.path("catalog").asBoolean()).isTrue();
        assertThat(json.path("statements").findValuesAsText("sql"))
                .contains("GRANT SELECT ON TABLE app.notes TO postern_reader")
                .noneMatch(sql -> sql.startsWith("\\") || sql.startsWith("--"));
    }

    @Test
    void upstreamThatDoesNotAnswer_isTroubleThatNamesTheWaysOut() {
        unreachable = true;

        assertThat(run("-p", "notes"))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                """
                                postern: what database shop holds could not be read: replica-1.db:5432: it sleeps
                                If the role does not exist yet, --as ROLE --password REFERENCE asks as another; --offline prints what can be said without a server.
                                """));
        Result offline = run("-p", "notes", "--offline", "--creator", "a,b");
        assertThat(offline.exitCode()).isZero();
        assertThat(grants(offline))
                .contains(
                        "GRANT SELECT ON ALL TABLES IN SCHEMA app TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE b IN SCHEMA app GRANT SELECT ON TABLES TO postern_reader;");
    }

    @Test
    void anotherRole_asksButIsNotTheOneThatIsMade() {
        Result result = run("-p", "notes", "--as", "dba", "--password", "${env:PGPASSWORD}");

        assertThat(asked.getFirst().user()).isEqualTo("dba");
        assertThat(asked.getFirst().password()).isEqualTo(new SecretReference("env", "PGPASSWORD"));
        assertThat(result.out()).contains("TO postern_reader;").doesNotContain(" dba");
    }

    @Test
    void trouble_isExitCode2WithItsReason() {
        assertThat(run("-p", "note").err())
                .isEqualTo(
                        "postern: there is no policy \"note\" in "
                                + file
                                + " (did you mean notes?)\n");
        assertThat(run("-p", "notes", "-p", "elsewhere").err())
                .startsWith("postern: policies notes and elsewhere have different upstreams");
        assertThat(run("-p", "notes", "--password", "${env:X}").err())
                .isEqualTo("postern: --password: belongs to --as, which is not given\n");
        assertThat(run("-p", "notes", "--as", "dba", "--password", "hunter2"))
                .isEqualTo(
                        new Result(
                                2,
                                "",
                                "postern: --password: must be a reference such as ${env:PGPASSWORD} or ${file:admin.password}, never the password itself\n"));
        assertThat(run("-p", "notes", "--as", "").exitCode()).isEqualTo(2);
        assertThat(run().exitCode()).isEqualTo(2);
    }
}
