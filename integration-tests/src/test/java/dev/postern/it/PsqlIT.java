package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.ValueSource;

/** psql through Postern answers as psql on the server itself does. */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(EveryGateway.class)
record PsqlIT(Gateway gateway) {

    private static final String REFUSED = "\"rule\"";
    private static final String MARK = "=====";

    private static final List<String> READS =
            List.of(
                    "\\d",
                    "\\d customers",
                    "\\d+ orders",
                    "\\d+ revenue_by_country",
                    "\\dt",
                    "\\dt+",
                    "\\dti *.*",
                    "\\dS pg_class",
                    "\\dv+",
                    "\\di+",
                    "\\ds",
                    "\\dm",
                    "\\dn+",
                    "\\dp",
                    "\\ddp",
                    "\\dT+",
                    "\\dD",
                    "\\df",
                    "\\df+ customer_name",
                    "\\df pg_catalog.lower",
                    "\\sf customer_name",
                    "\\sv revenue_by_country",
                    "\\da",
                    "\\do =",
                    "\\dO",
                    "\\dC",
                    "\\dc",
                    "\\dL",
                    "\\dF",
                    "\\dx",
                    "\\db",
                    "\\dd",
                    "\\des",
                    "\\dew",
                    "\\det",
                    "\\dy",
                    "\\dRp",
                    "\\dX",
                    "\\dconfig search_path",
                    "\\l",
                    "\\du",
                    "\\dg",
                    "\\drds",
                    "\\z customers",
                    "\\encoding",
                    "SELECT * FROM customers ORDER BY id LIMIT 5 \\gx",
                    "SELECT id, name FROM products \\gdesc",
                    "SELECT count(*) AS n FROM orders \\gset\n\\echo :n",
                    "SELECT status, country, count(*) FROM orders JOIN customers c ON c.id = customer_id GROUP BY 1, 2 ORDER BY 1, 2 \\crosstabview",
                    "SELECT 'SELECT ' || n FROM generate_series(1, 3) AS n \\gexec",
                    "SELECT 1 AS one \\; SELECT 2 AS two;",
                    "SELECT count(*) FROM orders WHERE id < :'limit';");

    @Test
    void metaCommandsAndQueries_throughPostern_answerAsDirectly() throws Exception {
        Map<String, String> through = answers(gateway.agent());
        Map<String, String> direct = answers(gateway.upstream().serving());

        SoftAssertions.assertSoftly(softly -> {
            for (String command : READS) {
                softly.assertThat(through.get(command)).as(command).isEqualTo(direct.get(command));
            }
        });
    }

    @Test
    void copyOfQuery_toFile_writesWhatTheServerSends(@TempDir Path folder) throws Exception {
        Path through = folder.resolve("through.csv");
        Path direct = folder.resolve("direct.csv");
        String copy =
                "\\copy (SELECT * FROM orders ORDER BY id) TO '%s' WITH (FORMAT csv, HEADER)\n";

        assertThat(psql(gateway.agent(), copy.formatted(through)).errors()).isEmpty();
        assertThat(psql(gateway.upstream().serving(), copy.formatted(direct)).errors()).isEmpty();

        assertThat(Files.size(through)).isGreaterThan(100_000);
        assertThat(through).hasSameBinaryContentAs(direct);
    }

    @Test
    void copyOfTable_toStandardOutput_writesWhatTheServerSends() throws Exception {
        ClientProgram.Result through = psql(gateway.agent(), "COPY products TO STDOUT;\n");

        assertThat(through.errors()).isEmpty();
        assertThat(through.output())
                .isEqualTo(
                        psql(gateway.upstream().serving(), "COPY products TO STDOUT;\n").output())
                .contains("Steel chair");
    }

    @Test
    void watch_twice_repeatsTheQuery() throws Exception {
        ClientProgram.Result through =
                ClientProgram.run(
                        gateway.agent(),
                        "SELECT 'seen' FROM customers WHERE id = 1 \\watch 0.2\n",
                        List.of("timeout", "-s", "INT", "3", "psql", "-X", "-A", "-t"));

        assertThat(through.output().split("seen", -1)).hasSizeGreaterThan(2);
        assertThat(through.errors()).doesNotContain(REFUSED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT * FROM cust\t;",
                "SELECT * FROM order_items WHERE prod\t = 1 LIMIT 1;",
                "TABLE reven\t;",
                "SET sear\t TO public;",
                "\\d revenue\t",
                "\\df customer\t",
                "SELECT * FROM public.order_i\t LIMIT 1;"
            })
    void tabCompletion_throughPostern_completesWithoutRefusal(String typed) throws Exception {
        Refusals refusals = Refusals.watch(gateway);

        ClientProgram.Result through = terminal(typed);

        assertThat(through.output()).doesNotContain(REFUSED);
        assertThat(refusals.reached()).as("psql asked the catalogs").contains("pg_catalog");
    }

    @Test
    void tabCompletion_ofTableName_findsTheTable() throws Exception {
        assertThat(terminal("SELECT count(*) FROM custo\t;").output()).contains("2000");
    }

    @Test
    void transactionBlock_withReads_commits() throws Exception {
        ClientProgram.Result through =
                psql(
                        gateway.agent(),
                        """
                        BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
                        SAVEPOINT one;
                        SELECT count(*) FROM customers;
                        DECLARE c CURSOR FOR SELECT id FROM customers ORDER BY id;
                        FETCH 2 FROM c;
                        MOVE 10 IN c;
                        FETCH NEXT FROM c;
                        CLOSE c;
                        RELEASE one;
                        COMMIT;
                        """);

        assertThat(through.errors()).isEmpty();
        assertThat(through.output()).contains("2000", "13");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DELETE FROM customers WHERE id = 1471147114",
                "WITH gone AS (DELETE FROM orders WHERE id = 1471147114 RETURNING *) SELECT count(*) FROM gone",
                "SELECT customer_name(1471147114)",
                "CREATE TABLE mine_1471147114 (a integer)",
                "BEGIN READ WRITE /* 1471147114 */",
                "SET default_transaction_read_only = off /* 1471147114 */",
                "SELECT * INTO mine_1471147114 FROM customers",
                "SELECT * FROM customers WHERE id = 1471147114 FOR UPDATE",
                "COPY customers FROM STDIN /* 1471147114 */",
                "COPY (SELECT 1471147114) TO PROGRAM 'cat'",
                "DO $$ BEGIN PERFORM 1471147114; END $$"
            })
    void write_throughPostern_isRefusedAndNeverReachesTheServer(String sql) throws Exception {
        Refusals refusals = Refusals.watch(gateway);

        ClientProgram.Result through = psql(gateway.agent(), sql + ";\nSELECT 'still here';\n");

        assertThat(through.errors()).contains("ERROR:").contains(REFUSED);
        if (!sql.contains("FROM STDIN")) {
            // After a COPY FROM STDIN that failed, newer releases of psql take no more input.
            assertThat(through.output()).contains("still here");
        }
        refusals.assertNeverReached("1471147114");
    }

    /**
     * Runs all of {@link #READS} in one session and returns what psql printed after each, errors
     * included.
     */
    private static Map<String, String> answers(Endpoint endpoint)
            throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder("\\set limit 100\n");
        for (String command : READS) {
            script.append("\\echo ").append(MARK).append('\n').append(command).append('\n');
        }
        ClientProgram.Result result =
                ClientProgram.run(
                        endpoint, script.toString(), List.of("sh", "-c", "exec psql -X -q 2>&1"));
        String[] sections = result.output().split(MARK + "\n", -1);
        assertThat(sections).as(result.output()).hasSize(READS.size() + 1);
        Map<String, String> answers = new LinkedHashMap<>();
        for (int i = 0; i < READS.size(); i++) {
            answers.put(READS.get(i), sections[i + 1]);
        }
        return answers;
    }

    private static ClientProgram.Result psql(Endpoint endpoint, String input, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("psql", "-X", "-q"));
        command.addAll(List.of(options));
        return ClientProgram.run(endpoint, input, command);
    }

    /** Runs psql in a terminal, where it completes. */
    private ClientProgram.Result terminal(String typed) throws IOException, InterruptedException {
        return ClientProgram.run(
                gateway.agent(),
                typed + "\n\\q\n",
                List.of("script", "-qec", "psql -X -A -t -P pager=off", "/dev/null"));
    }
}
