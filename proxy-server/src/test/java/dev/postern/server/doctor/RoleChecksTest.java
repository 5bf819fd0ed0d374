package dev.postern.server.doctor;

import static dev.postern.server.doctor.CheckCode.CATALOG_READABLE;
import static dev.postern.server.doctor.CheckCode.ROLE_SCOPED;
import static dev.postern.server.doctor.CheckCode.ROLE_SUFFICIENT;
import static dev.postern.server.doctor.Patients.POLICY;
import static dev.postern.server.doctor.Patients.SHOP;
import static dev.postern.server.doctor.Patients.found;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.Column;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Relation;
import dev.postern.catalog.SearchPath;
import dev.postern.policy.Access;
import dev.postern.policy.Explanation;
import dev.postern.policy.OpenRelation;
import dev.postern.policy.Policy;
import dev.postern.policy.Reach;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.roles.Privileges;
import dev.postern.server.roles.Privileges.RelationPrivileges;
import dev.postern.server.tools.CatalogLook;
import dev.postern.server.tools.PrivilegesLook;
import dev.postern.server.tools.Workbench;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoleChecksTest {

    private static final int INT4 = 23;

    /** What the policy opens: public.orders, and public.customers without the name. */
    private static final Reach REACH =
            new Reach(
                    List.of(open("customers", Set.of("name")), open("orders", Set.of())),
                    new TreeSet<>(Set.of("public")));

    private static OpenRelation open(String name, Set<String> closed) {
        return new OpenRelation(
                new Relation(
                        20_000,
                        "public",
                        name,
                        Relation.Kind.TABLE,
                        List.of(new Column("id", INT4), new Column("name", INT4)),
                        0,
                        null,
                        Oids.NONE,
                        Oids.NONE,
                        List.of(),
                        null),
                closed);
    }

    /** A relation that the role may read in whole, in part, or not at all. */
    private static RelationPrivileges held(
            String name, boolean reads, @Nullable List<String> columns) {
        return new RelationPrivileges("public", name, "o", false, false, false, reads, columns);
    }

    private static final RelationPrivileges CUSTOMERS = held("customers", false, List.of("id"));
    private static final RelationPrivileges ORDERS = held("orders", true, null);

    /** Shows what it was made with. */
    private record Bench(CatalogLook look, PrivilegesLook held) implements Workbench {

        @Override
        public Policy rules(PolicyConfig policy) {
            return new Policy(policy.name(), Access.DEFAULT);
        }

        @Override
        public CatalogLook look(String upstream, String database) {
            return look;
        }

        @Override
        public PrivilegesLook privileges(String upstream, String host, String database) {
            return held;
        }

        @Override
        public Reach reach(Policy policy, Catalog catalog) {
            return REACH;
        }

        @Override
        public Verdict judge(Policy policy, CatalogView view, SqlText text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Explanation> explain(Policy policy, CatalogView view, SqlText text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static List<Finding> run(Workbench bench, String policy) {
        Patient patient = Patients.of(SHOP, policy);
        return new RoleChecks(patient, Patients.shop(patient), bench).run();
    }

    private static List<Finding> run(String policy, RelationPrivileges... relations) {
        Catalog catalog =
                new Catalog.Builder(
                                new Catalog.Source("shop", "postern_reader", 18),
                                SearchPath.of(List.of("public"), "postern_reader"))
                        .build();
        return run(
                new Bench(
                        CatalogLook.read("shop", catalog, "replica-1.db:5432"),
                        new PrivilegesLook(
                                new Privileges("o", Set.of(), List.of(), List.of(relations)),
                                null)),
                policy);
    }

    @Test
    void roleThatReadsJustWhatIsOpen_isOk() {
        List<Finding> findings = run(POLICY, CUSTOMERS, ORDERS, held("secrets", false, List.of()));

        assertThat(findings).hasSize(3).allMatch(finding -> finding.level() == Level.OK);
        assertThat(found(findings, CATALOG_READABLE))
                .containsExactly("OK shop shop: 0 objects, read from replica-1.db:5432");
    }

    @Test
    void roleThatReadsMore_isNotedWithTheScriptAsRemedy() {
        List<Finding> findings =
                run(
                        POLICY,
                        held("customers", false, List.of("id", "name")),
                        ORDERS,
                        held("secrets", true, null),
                        new RelationPrivileges(
                                "public", "spatial", "o", true, true, false, true, null));

        assertThat(findings)
                .contains(
                        ROLE_SCOPED.note(
                                "shop shop",
                                "role postern_reader may read what no policy opens, whole or in part: public.customers, public.secrets",
                                "postern role-sql --config postern.yaml --policy reporting prints the script that takes this from it. Until then the gate alone keeps it closed."));
        assertThat(found(run(POLICY, held("customers", true, null), ORDERS), ROLE_SCOPED))
                .singleElement()
                .asString()
                .endsWith(": public.customers");
    }

    @Test
    void roleThatReadsLess_isNoted() {
        List<Finding> findings =
                run(POLICY, held("customers", false, List.of()), held("orders", false, null));

        assertThat(found(findings, ROLE_SUFFICIENT))
                .containsExactly(
                        "NOTE shop shop: role postern_reader may not read what a policy opens, whole or in part: public.customers, public.orders");
        assertThat(found(findings, ROLE_SCOPED)).first().asString().startsWith("OK ");
    }

    @Test
    void longLists_areCut() {
        RelationPrivileges[] many = new RelationPrivileges[7];
        for (int i = 0; i < many.length; i++) {
            many[i] = held("t" + i, true, null);
        }

        assertThat(found(run(POLICY, many), ROLE_SCOPED))
                .singleElement()
                .asString()
                .endsWith(": public.t0, public.t1, public.t2, public.t3, public.t4 and 2 more");
    }

    @Test
    void policyWithoutRelations_isNotedAsOpenToWhateverTheRoleReads() {
        String open = POLICY.replaceAll("(?m)^    relations:.*\n", "");
        List<Finding> findings = run(open, CUSTOMERS, ORDERS);

        assertThat(found(findings, ROLE_SCOPED))
                .containsExactly(
                        "NOTE shop shop: policy reporting without relations.allow: whatever role postern_reader may read is open");
        assertThat(found(findings, ROLE_SUFFICIENT)).isEmpty();
    }

    @Test
    void catalogThatCannotBeRead_fails() {
        Catalog catalog =
                new Catalog.Builder(new Catalog.Source("shop", "r", 18), SearchPath.SYSTEM).build();

        assertThat(
                        found(
                                run(
                                        new Bench(
                                                CatalogLook.unread("shop", "it sleeps"),
                                                new PrivilegesLook(null, "")),
                                        POLICY),
                                CATALOG_READABLE))
                .containsExactly("FAIL shop shop: it sleeps");
        assertThat(
                        found(
                                run(
                                        new Bench(
                                                CatalogLook.read("shop", catalog, "a:1"),
                                                new PrivilegesLook(null, "too slow")),
                                        POLICY),
                                CATALOG_READABLE))
                .containsExactly("FAIL shop shop: a:1: too slow");
    }
}
