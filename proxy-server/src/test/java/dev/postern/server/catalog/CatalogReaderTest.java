package dev.postern.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.catalog.Cast;
import dev.postern.catalog.Catalog;
import dev.postern.catalog.Column;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.catalog.Type;
import dev.postern.server.upstream.TestPostgres;
import dev.postern.sql.grammar.GrammarModule;
import dev.postern.sql.grammar.ParseOutcome;
import dev.postern.sql.grammar.WasmGrammar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code rich.sql} makes, read as a role that has no privileges at all. */
final class CatalogReaderTest {

    private static final CatalogLimits LIMITS =
            new CatalogLimits(1_000_000, 10_000, 1_000_000, Duration.ofSeconds(30));

    @TempDir static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static TestPostgres server;

    @SuppressWarnings("NullAway.Init")
    private static Catalog catalog;

    @BeforeAll
    static void start() throws Exception {
        server =
                TestPostgres.create(
                        directory.resolve("data"), "host all all 127.0.0.1/32 trust\n", List.of());
        server.sql(rich());
        catalog = read(LIMITS);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String rich() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(CatalogReaderTest.class.getResourceAsStream("rich.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres", "reader", "");
    }

    private static Connection owner(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database, "postgres", "");
    }

    private static Catalog read(CatalogLimits limits)
            throws SQLException, CatalogTooLargeException {
        try (Connection connection = connect()) {
            return new CatalogReader(limits).read(connection);
        }
    }

    private static Routine routine(String name) {
        return inApp(catalog.routines(name), name);
    }

    private static Routine inApp(List<Routine> routines, String name) {
        List<Routine> found =
                routines.stream().filter(routine -> routine.schema().equals("app")).toList();
        assertThat(found).as(name).hasSize(1);
        return found.getFirst();
    }

    private static Type type(String schema, String name) {
        return catalog.types(name).stream()
                .filter(type -> type.schema().equals(schema))
                .findFirst()
                .orElseThrow();
    }

    private static Relation relation(String name) {
        return Objects.requireNonNull(catalog.relation("app", name), name);
    }

    private static int builtIn(String name, int arguments) {
        return catalog.routines(name).stream()
                .filter(routine -> routine.isBuiltIn() && routine.arguments().size() == arguments)
                .findFirst()
                .orElseThrow()
                .oid();
    }

    private static String body(String name) {
        return Objects.requireNonNull(routine(name).body(), name).text();
    }

    @Test
    void source_andDefaultPath_areThoseOfTheSession() {
        assertThat(catalog.source()).isEqualTo(new Catalog.Source("postgres", "reader", 15));
        assertThat(catalog.defaultPath().schemas())
                .containsExactly("pg_catalog", "app", "reader", "public");
        assertThat(catalog.hasSchema("Odd \"name\"")).isTrue();
        assertThat(catalog.hasSchema("nowhere")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pg_proc", "pg_operator", "pg_type", "pg_cast", "pg_class"})
    void everything_thatPostgresHas_isThere(String systemCatalog) throws SQLException {
        List<Integer> missing = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                switch (systemCatalog) {
                                    case "pg_operator" ->
                                            "SELECT oid, oprname FROM pg_operator WHERE oprcode <> 0";
                                    case "pg_class" ->
                                            "SELECT oid, '' FROM pg_class WHERE relkind NOT IN ('i', 'I', 'c')";
                                    case "pg_cast" -> "SELECT castsource, casttarget FROM pg_cast";
                                    default -> "SELECT oid, '' FROM " + systemCatalog;
                                })) {
            while (rows.next()) {
                int oid = (int) rows.getLong(1);
                boolean there =
                        switch (systemCatalog) {
                            case "pg_proc" -> catalog.routine(oid) != null;
                            case "pg_operator" ->
                                    catalog.operators(rows.getString(2)).stream()
                                            .anyMatch(operator -> operator.oid() == oid);
                            case "pg_type" -> catalog.type(oid) != null;
                            case "pg_cast" -> catalog.cast(oid, rows.getInt(2)) != null;
                            default -> catalog.relation(oid) != null;
                        };
                if (!there) {
                    missing.add(oid);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void overloads_haveTheirSignatures() {
        List<Routine> overloads =
                catalog.routines("f").stream()
                        .filter(routine -> routine.schema().equals("app"))
                        .sorted((a, b) -> a.arguments().size() - b.arguments().size())
                        .toList();
        assertThat(overloads).hasSize(2);
        Routine one = overloads.getFirst();
        assertThat(one.arguments()).isEqualTo(Oids.of(23));
        assertThat(one.argumentNames()).containsExactly("x");
        assertThat(one.language()).isEqualTo("sql");
        assertThat(one.volatility()).isEqualTo(Routine.Volatility.STABLE);
        assertThat(one.body())
                .isEqualTo(new Routine.Body(" SELECT x + 1; -- one more; RETURN ", false));
        assertThat(one.defaultsText()).isNull();
        Routine three = overloads.getLast();
        assertThat(three.language()).isEqualTo("plpgsql");
        assertThat(three.body()).isNull();
        assertThat(three.defaults()).isEqualTo(2);
        assertThat(three.defaultsText()).isEqualTo("'a;b'::text, app.f(1)");
        assertThat(three.takes(1)).isTrue();
        assertThat(three.volatility()).isEqualTo(Routine.Volatility.VOLATILE);
    }

    @Test
    void variadic_out_andTableArguments_areTold() {
        assertThat(routine("many").variadic()).isEqualTo(23);
        assertThat(routine("many").arguments()).isEqualTo(Oids.of(1007));
        Routine outs = routine("outs");
        assertThat(outs.arguments()).isEqualTo(Oids.of(23, 1082));
        assertThat(outs.argumentNames()).containsExactly("a", "c");
        assertThat(outs.resultColumns())
                .containsExactly(
                        new Column("b", 25), new Column("c", 1082), new Column("column3", 23));
        Routine rows = routine("rows");
        assertThat(rows.returnsSet()).isTrue();
        assertThat(rows.argumentNames()).containsExactly("n");
        assertThat(rows.resultColumns())
                .containsExactly(new Column("k", 23), new Column("V v", 25));
        assertThat(routine("act").kind()).isEqualTo(Routine.Kind.PROCEDURE);
        assertThat(routine("act").arguments()).isEqualTo(Oids.of(23));
    }

    @Test
    void settings_ofAFunction_giveItsSearchPath() {
        Routine trusted = routine("trusted");
        assertThat(trusted.securityDefiner()).isTrue();
        assertThat(Objects.requireNonNull(trusted.searchPath()).schemas())
                .containsExactly("pg_catalog", "app", "reader", "Odd \"name\"");
        assertThat(routine("many").searchPath()).isNull();
    }

    @Test
    void boundBodies_areStatementsOfTheirOwn() {
        assertThat(Objects.requireNonNull(routine("returning").body()).bound()).isTrue();
        assertThat(body("returning")).isEqualTo("SELECT (x + app.f(2))");
        assertThat(body("returning_string")).isEqualTo("SELECT 'a;'' RETURN'::text");
        assertThat(body("atomic_return").replaceAll("\\s+", " ").strip())
                .isEqualTo(
                        "INSERT INTO app.animals (name) VALUES ('RETURN 1; RETURN'::text); SELECT (x + 1);");
        assertThat(body("atomic_empty")).isEmpty();
        assertThat(body("atomic")).contains("\"RETURN\"", "'END; RETURN'", "app.orders");
    }

    @Test
    void aggregates_nameWhatTheyAreMadeOf() {
        Routine total = routine("total");
        assertThat(total.kind()).isEqualTo(Routine.Kind.AGGREGATE);
        assertThat(
                        Stream.of("add", "final", "minus")
                                .map(CatalogReaderTest::routine)
                                .map(Routine::oid))
                .allMatch(total.support()::contains);
        assertThat(total.support().size()).isEqualTo(6);
        assertThat(routine("first_of").support().contains(builtIn("percentile_disc_final", 3)))
                .isTrue();
        assertThat(routine("add").support().isEmpty()).isTrue();
    }

    @Test
    void functionsInLanguageInternal_nameTheirTwins() {
        assertThat(routine("reads_files").support()).isEqualTo(Oids.of(builtIn("pg_read_file", 1)));
        assertThat(routine("range_twin").support().contains(builtIn("numrange", 2))).isTrue();
        assertThat(routine("place").kind()).isEqualTo(Routine.Kind.WINDOW);
        assertThat(routine("place").support()).isEqualTo(Oids.of(builtIn("row_number", 0)));
        assertThat(
                        catalog.routines("span").stream()
                                .filter(constructor -> constructor.arguments().size() == 2))
                .isNotEmpty()
                .allMatch(constructor -> constructor.support().contains(builtIn("numrange", 2)));
    }

    @Test
    void operatorsAndCasts_nameTheirFunctions() {
        Operator plus = catalog.operators("<+>").getFirst();
        assertThat(plus)
                .isEqualTo(
                        new Operator(
                                plus.oid(), "app", "<+>", 23, 23, 23, routine("add").oid(), null));
        assertThat(
                        catalog.operators("!@").stream()
                                .filter(operator -> operator.schema().equals("app"))
                                .map(Operator::left))
                .containsExactly(0);
        Cast cast = Objects.requireNonNull(catalog.cast(type("app", "pair").oid(), 25));
        assertThat(cast.function()).isEqualTo(routine("to_text").oid());
        assertThat(cast.context()).isEqualTo(Cast.Context.ASSIGNMENT);
        assertThat(cast.method()).isEqualTo(Cast.Method.FUNCTION);
        Cast inout = Objects.requireNonNull(catalog.cast(type("app", "mood").oid(), 114));
        assertThat(inout.context()).isEqualTo(Cast.Context.IMPLICIT);
        assertThat(inout.method()).isEqualTo(Cast.Method.INOUT);
        assertThat(Objects.requireNonNull(catalog.cast(25, 1043)).method())
                .isEqualTo(Cast.Method.BINARY);
        assertThat(catalog.userCasts())
                .filteredOn(of -> of.source() == type("public", "citext").oid())
                .isNotEmpty()
                .allMatch(of -> "citext".equals(of.extension()));
    }

    @Test
    void types_tellWhatTheyAreMadeOf() {
        Type array = type("pg_catalog", "_int4");
        assertThat(array.element()).isEqualTo(23);
        assertThat(array.category()).isEqualTo('A');
        assertThat(type("pg_catalog", "int4").array()).isEqualTo(array.oid());
        assertThat(type("pg_catalog", "point").element()).isZero();
        assertThat(type("pg_catalog", "float8").preferred()).isTrue();
        Type mood = type("app", "mood");
        assertThat(mood.kind()).isEqualTo(Type.Kind.ENUM);
        assertThat(mood.functions().contains(builtIn("enum_in", 2))).isTrue();
        Type pair = type("app", "pair");
        assertThat(pair.kind()).isEqualTo(Type.Kind.COMPOSITE);
        assertThat(pair.fields())
                .containsExactly(new Column("first", 23), new Column("Second one", 25));
        assertThat(catalog.relation(pair.relation())).isNull();
        Type row = type("app", "orders");
        assertThat(row.fields()).isEmpty();
        assertThat(catalog.relation(row.relation())).isSameAs(relation("orders"));
        Type span = type("app", "span");
        assertThat(span.kind()).isEqualTo(Type.Kind.RANGE);
        assertThat(span.functions().contains(builtIn("float8mi", 2))).isTrue();
        assertThat(type("app", "span_multirange").kind()).isEqualTo(Type.Kind.MULTIRANGE);
    }

    @Test
    void domains_haveTheirChecks() {
        Type even = type("app", "even");
        assertThat(even.base()).isEqualTo(23);
        assertThat(even.checks()).containsExactlyInAnyOrder("app.is_even(VALUE)", "(VALUE < 100)");
        Type small = type("app", "small_even");
        assertThat(small.base()).isEqualTo(even.oid());
        assertThat(small.checks()).containsExactly("((VALUE)::integer < 10)");
    }

    @Test
    void relations_haveKindAndColumns() {
        assertThat(relation("orders").kind()).isEqualTo(Relation.Kind.TABLE);
        assertThat(relation("orders").columns().stream().map(Column::name))
                .containsExactly("id", "note", "tags", "mood", "even", "pair");
        assertThat(relation("orders").rowType()).isEqualTo(type("app", "orders").oid());
        assertThat(relation("measures").kind()).isEqualTo(Relation.Kind.PARTITIONED_TABLE);
        assertThat(relation("remote").kind()).isEqualTo(Relation.Kind.FOREIGN_TABLE);
        assertThat(relation("numbers").kind()).isEqualTo(Relation.Kind.SEQUENCE);
        assertThat(relation("numbers").rowType()).isZero();
        assertThat(relation("kept").kind()).isEqualTo(Relation.Kind.MATERIALIZED_VIEW);
        assertThat(relation("notes").kind()).isEqualTo(Relation.Kind.VIEW);
        assertThat(catalog.relations("orders_pkey")).isEmpty();
        assertThat(catalog.relation("Odd \"name\"", "A.b")).isNotNull();
        Relation toast =
                Objects.requireNonNull(
                        catalog.relation(
                                "pg_toast",
                                "pg_toast_" + Integer.toUnsignedString(relation("orders").oid())));
        assertThat(toast.kind()).isEqualTo(Relation.Kind.TOAST_TABLE);
        assertThat(toast.columns()).hasSize(3);
    }

    @Test
    void children_knowTheirParentsAndBack() {
        assertThat(relation("measures").children())
                .isEqualTo(Oids.of(relation("measures_2025").oid()));
        assertThat(relation("measures_2025").parents())
                .isEqualTo(Oids.of(relation("measures").oid()));
        assertThat(relation("pets").parents()).isEqualTo(Oids.of(relation("animals").oid()));
        assertThat(relation("animals").children().contains(relation("pets").oid())).isTrue();
    }

    @Test
    void policies_countWhereTheyAreOnAndForReads() {
        assertThat(relation("secrets").policies())
                .containsExactlyInAnyOrder("((owner = CURRENT_USER) AND app.is_even(id))", "open");
        assertThat(relation("open_secrets").policies()).isEmpty();
    }

    @Test
    void definitions_nameEverythingWithItsSchema() {
        assertThat(relation("notes").definition()).contains("FROM app.orders", "OPERATOR(app.<+>)");
        assertThat(relation("short_notes").definition()).contains("app.f(n.id)", "FROM app.notes");
        assertThat(relation("kept").definition())
                .contains("FROM app.short_notes", "'x'::public.citext");
        assertThat(relation("orders").definition()).isNull();
        assertThat(Objects.requireNonNull(catalog.relation("pg_catalog", "pg_stats")).definition())
                .isNull();
    }

    @Test
    void members_areKnownByTheirExtension() {
        assertThat(catalog.routines("similarity").getFirst().extension()).isEqualTo("pg_trgm");
        assertThat(type("public", "hstore").extension()).isEqualTo("hstore");
        assertThat(type("public", "_hstore").extension()).isEqualTo("hstore");
        assertThat(
                        catalog.operators("->").stream()
                                .filter(operator ->
                                        operator.left() == type("public", "hstore").oid())
                                .map(Operator::extension))
                .isNotEmpty()
                .containsOnly("hstore");
        assertThat(routine("many").extension()).isNull();
        assertThat(relation("orders").extension()).isNull();
    }

    @Test
    void everyText_isReadByTheGrammar() {
        WasmGrammar grammar = GrammarModule.load().newGrammar();
        List<String> unread = new ArrayList<>();
        for (Relation relation : userRelations()) {
            read(grammar, relation.definition(), unread);
            relation.policies().forEach(text -> read(grammar, "SELECT " + text, unread));
        }
        for (String name :
                List.of("f", "rows", "atomic", "atomic_return", "atomic_empty", "returning")) {
            for (Routine routine : catalog.routines(name)) {
                read(grammar, routine.body() == null ? null : routine.body().text(), unread);
            }
        }
        assertThat(unread).isEmpty();
    }

    private static List<Relation> userRelations() {
        return Stream.of("notes", "short_notes", "kept", "wide", "secrets")
                .map(CatalogReaderTest::relation)
                .toList();
    }

    private static void read(WasmGrammar grammar, @Nullable String text, List<String> unread) {
        if (text != null && !isRead(grammar, text)) {
            unread.add(text);
        }
    }

    private static boolean isRead(WasmGrammar grammar, String text) {
        return grammar.parse(text.getBytes(StandardCharsets.UTF_8)) instanceof ParseOutcome.Tree;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "SELECT %s",
                "SELECT (%s)",
                "SELECT %s, %s",
                "SELECT 1 WHERE (%s)",
                "(%s)"
            })
    void unreadableText_isReadNowhere(String context) {
        String text = context.replace("%s", PrintedTexts.UNREADABLE);
        assertThat(isRead(GrammarModule.load().newGrammar(), text)).isFalse();
    }

    @Test
    void longText_countsAsUnreadable() throws Exception {
        Catalog cut = read(new CatalogLimits(1_000_000, 100, 1_000_000, Duration.ofSeconds(30)));
        assertThat(Objects.requireNonNull(cut.relation("app", "wide")).definition())
                .isEqualTo(PrintedTexts.UNREADABLE);
        assertThat(inApp(cut.routines("too_long"), "too_long").body())
                .isEqualTo(new Routine.Body(PrintedTexts.UNREADABLE, false));
        assertThat(inApp(cut.routines("returning"), "returning").body())
                .isEqualTo(routine("returning").body());
    }

    @Test
    void tooManyObjects_orTooMuchText_isNoCatalog() {
        assertThatThrownBy(() ->
                        read(new CatalogLimits(1_000, 10_000, 1_000_000, Duration.ofSeconds(30))))
                .isInstanceOf(CatalogTooLargeException.class)
                .hasMessageMatching("it holds \\d+ routines, .* more than 1000 .*max_objects\\)");
        assertThatThrownBy(() ->
                        read(new CatalogLimits(1_000_000, 10_000, 500, Duration.ofSeconds(30))))
                .isInstanceOf(CatalogTooLargeException.class)
                .hasMessageContaining("max_text");
    }

    @Test
    void fingerprint_changesWithWhatMatters_andOnlyThen() throws Exception {
        server.sql("CREATE DATABASE changing TEMPLATE postgres");
        try (Connection connection = owner("changing");
                Connection owner = owner("changing");
                Statement statement = owner.createStatement()) {
            CatalogReader reader = new CatalogReader(LIMITS);
            String known = reader.look(connection, null).fingerprint();
            for (String same :
                    List.of(
                            "TRUNCATE app.animals",
                            "REFRESH MATERIALIZED VIEW app.kept",
                            "ANALYZE",
                            "VACUUM app.orders",
                            "INSERT INTO app.animals VALUES ('x')",
                            "CREATE INDEX ON app.orders (note)")) {
                statement.execute(same);
                CatalogReader.Look look = reader.look(connection, known);
                assertThat(look.catalog()).as(same).isNull();
                assertThat(look.fingerprint()).isEqualTo(known);
            }
            for (String change :
                    List.of(
                            "CREATE OR REPLACE FUNCTION app.many(VARIADIC ns int[]) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 2'",
                            "CREATE OR REPLACE VIEW app.wide AS SELECT 'x'::text AS x, 'y'::text AS y",
                            "ALTER TABLE app.orders RENAME note TO remark",
                            "ALTER TABLE app.orders RENAME remark TO note",
                            "ALTER DOMAIN app.even ADD CHECK (VALUE > -100)",
                            "ALTER DOMAIN app.even DROP CONSTRAINT even_check1",
                            "DROP POLICY everyones ON app.secrets; CREATE POLICY everyones ON app.secrets USING (open)",
                            "ALTER TABLE app.secrets DISABLE ROW LEVEL SECURITY",
                            "ALTER TABLE app.secrets ENABLE ROW LEVEL SECURITY",
                            "ALTER TABLE app.pets NO INHERIT app.animals",
                            "ALTER TABLE app.pets INHERIT app.animals",
                            "ALTER EXTENSION seg ADD FUNCTION app.place()",
                            "ALTER EXTENSION seg DROP FUNCTION app.place()",
                            "CREATE SCHEMA another",
                            "DROP SCHEMA another")) {
                statement.execute(change);
                CatalogReader.Look look = reader.look(connection, known);
                assertThat(look.catalog()).as(change).isNotNull();
                assertThat(look.fingerprint()).isNotEqualTo(known);
                known = look.fingerprint();
            }
        }
    }

    @Test
    void viewThatCannotBePrinted_isUnreadable_andTheOthersAreRead() throws Exception {
        server.sql("CREATE DATABASE broken");
        try (Connection owner = owner("broken");
                Statement statement = owner.createStatement()) {
            statement.execute("CREATE FUNCTION public.gone() RETURNS int RETURN 1");
            statement.execute("CREATE VIEW v1 AS SELECT 1 AS a");
            statement.execute("CREATE VIEW v2 AS SELECT public.gone() AS a");
            statement.execute("CREATE VIEW v3 AS SELECT 2 AS a");
            statement.execute("SET allow_system_table_mods = on");
            statement.execute("DELETE FROM pg_proc WHERE proname = 'gone'");
            Catalog read = new CatalogReader(LIMITS).read(owner);
            assertThat(Objects.requireNonNull(read.relation("public", "v1")).definition())
                    .isEqualTo(" SELECT 1 AS a;");
            assertThat(Objects.requireNonNull(read.relation("public", "v2")).definition())
                    .isEqualTo(PrintedTexts.UNREADABLE);
            assertThat(Objects.requireNonNull(read.relation("public", "v3")).definition())
                    .isEqualTo(" SELECT 2 AS a;");
        }
    }
}
