package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.Column;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.catalog.SearchPath;
import dev.postern.catalog.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ReachTest {

    private static final TestGate GATE = new TestGate();
    private static final int INT4 = 23;
    private static final int FIRST = 20_000;
    private static final int MOOD = FIRST + 90;

    private static final Catalog SHOP =
            new Catalog.Builder(
                            new Catalog.Source("shop", "reader", 15),
                            SearchPath.of(List.of("public"), "reader"))
                    .schema("pg_catalog")
                    .schema("public")
                    .schema("app")
                    .add(type(INT4, "pg_catalog", "int4"))
                    .add(type(MOOD, "kinds", "mood"))
                    .add(relation(1, "public", "users", Relation.Kind.TABLE, 0, 0, null))
                    .add(
                            relation(
                                    2,
                                    "public",
                                    "parts",
                                    Relation.Kind.PARTITIONED_TABLE,
                                    0,
                                    3,
                                    null))
                    .add(relation(3, "app", "parts_1", Relation.Kind.TABLE, 2, 0, null))
                    .add(
                            relation(
                                    4,
                                    "public",
                                    "shown",
                                    Relation.Kind.VIEW,
                                    0,
                                    0,
                                    "SELECT id, email FROM public.users"))
                    .add(
                            relation(
                                    5,
                                    "public",
                                    "used",
                                    Relation.Kind.VIEW,
                                    0,
                                    0,
                                    "SELECT id, id AS email FROM public.users GROUP BY id, email"))
                    .add(relation(6, "public", "far", Relation.Kind.FOREIGN_TABLE, 0, 0, null))
                    .add(relation(7, "public", "ids", Relation.Kind.SEQUENCE, 0, 0, null))
                    .add(relation(8, "app", "secrets", Relation.Kind.TABLE, 0, 0, null))
                    .add(relation(9, "pg_toast", "t", Relation.Kind.TOAST_TABLE, 0, 0, null))
                    .add(relation(-19_000, "pg_catalog", "own", Relation.Kind.TABLE, 0, 0, null))
                    .add(routine("tools", "risk"))
                    .build();

    @AfterAll
    static void close() {
        GATE.close();
    }

    private static Type type(int oid, String schema, String name) {
        return new Type(
                oid,
                schema,
                name,
                Type.Kind.BASE,
                'N',
                false,
                0,
                0,
                0,
                0,
                Oids.NONE,
                List.of(),
                null,
                List.of());
    }

    private static Relation relation(
            int number,
            String schema,
            String name,
            Relation.Kind kind,
            int parent,
            int child,
            @Nullable String definition) {
        return new Relation(
                FIRST + number,
                schema,
                name,
                kind,
                List.of(
                        new Column("id", INT4),
                        new Column("email", name.equals("users") ? MOOD : INT4)),
                0,
                definition,
                parent == 0 ? Oids.NONE : Oids.of(FIRST + parent),
                child == 0 ? Oids.NONE : Oids.of(FIRST + child),
                List.of(),
                null);
    }

    private static Routine routine(String schema, String name) {
        return new Routine(
                FIRST + 50,
                schema,
                name,
                Routine.Kind.FUNCTION,
                "plpgsql",
                Routine.Volatility.STABLE,
                false,
                Oids.of(INT4),
                List.of(),
                0,
                0,
                INT4,
                false,
                List.of(),
                null,
                null,
                null,
                null,
                Oids.NONE);
    }

    private static Reach reach(Access access) {
        return GATE.gate().reach(new Policy("test", access), SHOP, GATE::read);
    }

    private static List<String> opened(Reach reach) {
        return reach.relations().stream()
                .map(open -> open.relation().qualifiedName() + open.openColumns())
                .toList();
    }

    @Test
    void policyWithoutRules_opensAllButForeignTablesAndInternals() {
        Reach reach = reach(Access.DEFAULT);

        assertThat(opened(reach))
                .containsExactly(
                        "app.parts_1[id, email]",
                        "app.secrets[id, email]",
                        "public.ids[id, email]",
                        "public.parts[id, email]",
                        "public.shown[id, email]",
                        "public.used[id, email]",
                        "public.users[id, email]");
        assertThat(reach.schemas()).containsExactly("app", "kinds", "public");
    }

    @Test
    void rules_openWhatTheGateWouldLetBeRead() {
        Reach reach =
                reach(
                        Access.DEFAULT
                                .withRelations(
                                        List.of("public.*", "public.far"), List.of("public.ids"))
                                .withDeniedColumns(List.of("public.users.email"))
                                .withFunctions(List.of("tools.risk(*)")));

        assertThat(opened(reach))
                .containsExactly(
                        "app.parts_1[id, email]",
                        "public.far[id, email]",
                        "public.parts[id, email]",
                        "public.shown[id]",
                        "public.users[id]");
        assertThat(reach.schemas()).containsExactly("app", "public", "tools");
    }

    @Test
    void policyThatObserves_opensWhatItsRulesSay() {
        Access access = Access.DEFAULT.withRelations(List.of("app.secrets"), List.of());

        assertThat(opened(reach(access.withMode(Access.Mode.OBSERVE))))
                .isEqualTo(opened(reach(access)))
                .containsExactly("app.secrets[id, email]");
    }

    @Test
    void twoPolicies_openWhatEitherOpens() {
        Reach one =
                reach(
                        Access.DEFAULT
                                .withRelations(List.of("public.users"), List.of())
                                .withDeniedColumns(List.of("*.*.email")));
        Reach other =
                reach(
                        Access.DEFAULT
                                .withRelations(List.of("public.users", "app.secrets"), List.of())
                                .withDeniedColumns(List.of("public.*.id")));

        assertThat(opened(one.and(other)))
                .containsExactly("app.secrets[id, email]", "public.users[id, email]");
        assertThat(opened(one.and(one))).containsExactly("public.users[id]");
        assertThat(one.and(other).schemas()).containsExactly("app", "kinds", "public");
    }
}
