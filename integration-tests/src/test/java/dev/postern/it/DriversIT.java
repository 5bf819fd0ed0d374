package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Drivers of other languages, each by a script that reads in all the ways it knows, and one that
 * tries to write.
 */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(EveryGateway.class)
record DriversIT(Gateway gateway) {

    private static final String MARK = "1616061606";

    /** One statement a line, each with the mark. */
    private static final List<String> WRITES =
            List.of(
                    "DELETE FROM customers WHERE id = 1616061606",
                    "INSERT INTO products VALUES (1616061606, 'x', 'x', 1)",
                    "WITH gone AS (DELETE FROM orders WHERE id = 1616061606 RETURNING id) SELECT count(*) FROM gone",
                    "SELECT customer_name(1616061606)",
                    "SELECT nextval('s1616061606')",
                    "SELECT pg_notify('c', '1616061606')",
                    "CREATE TEMPORARY TABLE t1616061606 (a int)",
                    "SELECT * FROM customers WHERE id = 1616061606 FOR SHARE",
                    "EXPLAIN ANALYZE DELETE FROM customers WHERE id = 1616061606",
                    "PREPARE p1616061606 AS DELETE FROM customers",
                    "DO 'BEGIN PERFORM 1616061606; END'",
                    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE /* 1616061606 */",
                    "LISTEN c1616061606",
                    "ALTER TABLE customers ADD COLUMN c1616061606 int",
                    "TRUNCATE customers /* 1616061606 */",
                    "CALL p1616061606()");

    static Stream<Driver> drivers() {
        return Stream.of(
                new Driver("psycopg", python("check_psycopg.py"), 1),
                new Driver("psycopg2", python("check_psycopg2.py"), 1),
                new Driver("asyncpg", python("check_asyncpg.py"), 2),
                new Driver(
                        "node-postgres",
                        List.of(
                                "node",
                                TestEnvironment.target().resolve("node/check.js").toString()),
                        2));
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void reads_throughPostern_answerAsDirectly(Driver driver) throws Exception {
        ClientProgram.Result through = ClientProgram.run(gateway.agent(), "", driver.with("reads"));
        ClientProgram.Result direct =
                ClientProgram.run(gateway.upstream().serving(), "", driver.with("reads"));

        assertThat(direct.status()).as(direct.errors()).isZero();
        assertThat(through.status()).as(through.errors()).isZero();
        assertThat(through.output()).isEqualTo(direct.output()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("drivers")
    void writes_throughPostern_areRefusedAndNeverReachTheServer(Driver driver) throws Exception {
        Refusals refusals = Refusals.watch(gateway);

        ClientProgram.Result through =
                ClientProgram.run(
                        gateway.agent(), String.join("\n", WRITES) + "\n", driver.with("writes"));

        assertThat(through.status()).as(through.errors()).isZero();
        List<String> lines = through.output().lines().toList();
        assertThat(lines.subList(0, lines.size() - 1))
                .hasSize(WRITES.size() * driver.attempts())
                .allSatisfy(line ->
                        assertThat(line).matches("(25006|42501) \\{\"rule\":\"[a-z_]+\".*"));
        assertThat(lines.getLast()).startsWith("alive").contains("2000");
        refusals.assertNeverReached(MARK);
    }

    private static List<String> python(String script) {
        return List.of(
                "/usr/bin/python3",
                Path.of(System.getProperty("postern.it.sources", "src/test"), "python", script)
                        .toAbsolutePath()
                        .toString());
    }

    /**
     * A driver and its script.
     *
     * @param attempts how often it tries each write, once for each protocol it speaks
     */
    record Driver(String name, List<String> command, int attempts) {

        List<String> with(String argument) {
            List<String> whole = new ArrayList<>(command);
            whole.add(argument);
            return whole;
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
