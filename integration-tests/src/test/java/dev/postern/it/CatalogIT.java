package dev.postern.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.Column;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.catalog.Type;
import dev.postern.server.catalog.CatalogLimits;
import dev.postern.server.catalog.CatalogReader;
import dev.postern.server.catalog.CatalogTooLargeException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Every version's catalog is read whole, and Postern has read it by the time it listens. */
@ParameterizedClass(autoCloseArguments = false)
@ArgumentsSource(EveryGateway.class)
record CatalogIT(Gateway gateway) {

    private static final CatalogLimits LIMITS =
            new CatalogLimits(1_000_000, 256 << 10, 64L << 20, Duration.ofSeconds(30));

    private static final List<String> OBJECTS =
            List.of(
                    "CREATE SCHEMA catalog_it",
                    "CREATE TYPE catalog_it.pair AS (a int, b text)",
                    "CREATE TYPE catalog_it.span AS RANGE (subtype = float8, subtype_diff = float8mi)",
                    "CREATE FUNCTION catalog_it.positive(n int, lowest int DEFAULT 0) RETURNS boolean IMMUTABLE RETURN n > lowest",
                    "CREATE DOMAIN catalog_it.amount AS int CHECK (catalog_it.positive(VALUE)) NOT NULL",
                    "CREATE TABLE catalog_it.parent (id int, label text, amount catalog_it.amount) PARTITION BY LIST (id)",
                    "CREATE TABLE catalog_it.child PARTITION OF catalog_it.parent FOR VALUES IN (1)",
                    "ALTER TABLE catalog_it.parent ENABLE ROW LEVEL SECURITY",
                    "CREATE POLICY mine ON catalog_it.parent FOR SELECT USING (catalog_it.positive(id))",
                    "CREATE FUNCTION catalog_it.found(wanted text) RETURNS SETOF catalog_it.parent BEGIN ATOMIC"
                            + " SELECT * FROM catalog_it.parent WHERE label = wanted OR label = 'a;END'; END",
                    "CREATE FUNCTION catalog_it.old(n int) RETURNS int LANGUAGE sql STABLE AS 'SELECT n'",
                    "CREATE PROCEDURE catalog_it.act(INOUT n int, OUT m int) LANGUAGE sql AS 'SELECT n, n'",
                    "CREATE AGGREGATE catalog_it.total(int) (SFUNC = int4pl, STYPE = int, COMBINEFUNC = int4pl)",
                    "CREATE OPERATOR catalog_it.<+> (LEFTARG = int, RIGHTARG = int, FUNCTION = catalog_it.positive)",
                    "CREATE VIEW catalog_it.labels AS SELECT label, 1 OPERATOR(catalog_it.<+>) 2 AS positive FROM catalog_it.parent",
                    "CREATE MATERIALIZED VIEW catalog_it.kept AS SELECT count(*) AS count FROM catalog_it.parent");

    private Catalog read() throws SQLException, CatalogTooLargeException {
        try (Connection connection = gateway.upstream().serving().connect()) {
            return new CatalogReader(LIMITS).read(connection);
        }
    }

    private String one(String query) throws SQLException {
        return Objects.requireNonNull(Sql.one(gateway.upstream().serving(), query));
    }

    @Test
    void everythingOfTheServer_isInItsCatalog() throws Exception {
        Catalog catalog = read();

        assertThat(catalog.source().serverVersion()).isEqualTo(gateway.upstream().majorVersion());
        assertThat(catalog.source().user()).isEqualTo(gateway.upstream().serving().user());
        assertThat(catalog.size())
                .isEqualTo(
                        Integer.parseInt(
                                one(
                                        "SELECT (SELECT count(*) FROM pg_proc)"
                                                + " + (SELECT count(*) FROM pg_operator WHERE oprcode <> 0)"
                                                + " + (SELECT count(*) FROM pg_type)"
                                                + " + (SELECT count(*) FROM pg_cast)"
                                                + " + (SELECT count(*) FROM pg_class WHERE relkind NOT IN ('i', 'I', 'c'))")));
        assertThat(Objects.requireNonNull(catalog.relation("pg_catalog", "pg_class")).columns())
                .extracting(Column::name)
                .contains("relname", "relkind");
    }

    @Test
    void whatUsersMake_isToldWithWhatItReaches() throws Exception {
        Endpoint owner = gateway.upstream().primary();
        try {
            for (String sql : OBJECTS) {
                Sql.execute(owner, sql);
            }
            if (gateway.upstream().majorVersion() >= 18) {
                Sql.execute(
                        owner,
                        "CREATE TABLE catalog_it.virtual (id int, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL,"
                                + " thrice int GENERATED ALWAYS AS (id * 3) STORED)");
            }
            gateway.upstream().awaitReplay();
            check(read());
        } finally {
            Sql.execute(owner, "DROP SCHEMA IF EXISTS catalog_it CASCADE");
            gateway.upstream().awaitReplay();
        }
    }

    private void check(Catalog catalog) {
        Routine positive = routine(catalog, "positive");
        assertThat(positive.body()).isEqualTo(new Routine.Body("SELECT (n > lowest)", true));
        assertThat(positive.defaultsText()).isEqualTo("0");
        assertThat(routine(catalog, "old").body()).isEqualTo(new Routine.Body("SELECT n", false));
        assertThat(Objects.requireNonNull(routine(catalog, "found").body()).text())
                .contains("FROM catalog_it.parent", "'a;END'::text")
                .doesNotContain("ATOMIC");
        assertThat(routine(catalog, "act").kind()).isEqualTo(Routine.Kind.PROCEDURE);
        assertThat(routine(catalog, "act").arguments()).isEqualTo(Oids.of(23));
        assertThat(routine(catalog, "act").resultColumns())
                .containsExactly(new Column("n", 23), new Column("m", 23));
        Routine sum =
                catalog.routines("int4pl").stream()
                        .filter(Routine::isBuiltIn)
                        .findFirst()
                        .orElseThrow();
        assertThat(routine(catalog, "total").support()).isEqualTo(Oids.of(sum.oid(), sum.oid()));
        assertThat(catalog.operators("<+>"))
                .singleElement()
                .matches(operator -> operator.function() == positive.oid());
        assertThat(type(catalog, "pair").fields())
                .containsExactly(new Column("a", 23), new Column("b", 25));
        assertThat(type(catalog, "amount").checks()).containsExactly("catalog_it.positive(VALUE)");
        assertThat(type(catalog, "span").kind()).isEqualTo(Type.Kind.RANGE);
        Relation parent = relation(catalog, "parent");
        assertThat(parent.kind()).isEqualTo(Relation.Kind.PARTITIONED_TABLE);
        assertThat(parent.children()).isEqualTo(Oids.of(relation(catalog, "child").oid()));
        assertThat(parent.policies()).containsExactly("catalog_it.positive(id)");
        assertThat(relation(catalog, "labels").definition())
                .contains("FROM catalog_it.parent", "OPERATOR(catalog_it.<+>)");
        assertThat(relation(catalog, "kept").kind()).isEqualTo(Relation.Kind.MATERIALIZED_VIEW);
        assertThat(relation(catalog, "kept").definition()).contains("FROM catalog_it.parent");
        if (gateway.upstream().majorVersion() >= 18) {
            assertThat(relation(catalog, "virtual").policies()).containsExactly("(id * 2)");
        }
    }

    private static Routine routine(Catalog catalog, String name) {
        return catalog.routines(name).stream()
                .filter(routine -> routine.schema().equals("catalog_it"))
                .findFirst()
                .orElseThrow();
    }

    private static Type type(Catalog catalog, String name) {
        return catalog.types(name).stream()
                .filter(type -> type.schema().equals("catalog_it"))
                .findFirst()
                .orElseThrow();
    }

    private static Relation relation(Catalog catalog, String name) {
        return Objects.requireNonNull(catalog.relation("catalog_it", name), name);
    }

    @Test
    void tables_madeInQuickSuccession_areEachFoundAtOnce() throws Exception {
        Endpoint owner = gateway.upstream().primary();
        try (Connection agent = gateway.agent().connect()) {
            for (int i = 0; i < 4; i++) {
                String table = "public.catalog_it_" + i;
                Sql.execute(
                        owner,
                        "CREATE TABLE " + table + " AS SELECT " + i + " AS n",
                        "GRANT SELECT ON " + table + " TO PUBLIC");
                gateway.upstream().awaitReplay();
                assertThat(Sql.one(agent, "SELECT n FROM " + table)).isEqualTo(String.valueOf(i));
            }
        } finally {
            for (int i = 0; i < 4; i++) {
                Sql.execute(owner, "DROP TABLE IF EXISTS public.catalog_it_" + i);
            }
            gateway.upstream().awaitReplay();
        }
    }

    @Test
    void postern_isReady_andPublishesWhatItRead() throws Exception {
        assertThat(gateway.admin("/readyz").statusCode()).isEqualTo(200);
        Matcher objects =
                Pattern.compile("postern_catalog_objects\\{[^}]*} ([0-9.]+)")
                        .matcher(gateway.admin("/metrics").body());
        assertThat(objects.find()).isTrue();
        assertThat(Double.parseDouble(objects.group(1))).isGreaterThan(4_000);
    }
}
