package dev.postern.server.roles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.catalog.Column;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Relation;
import dev.postern.policy.OpenRelation;
import dev.postern.policy.Reach;
import dev.postern.server.config.LimitsConfig;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.config.PolicyMode;
import dev.postern.server.config.RelationsConfig;
import dev.postern.server.roles.Privileges.RelationPrivileges;
import dev.postern.server.roles.Privileges.SchemaPrivileges;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoleScriptTest {

    private static final int INT4 = 23;
    private static final int FIRST = 20_000;

    private static PolicyConfig policy(
            String name,
            PolicyMode mode,
            @Nullable List<String> allow,
            List<String> deny,
            List<String> columns) {
        return new PolicyConfig(
                name,
                "shop",
                List.of("shop"),
                null,
                mode,
                new RelationsConfig(allow, deny, columns),
                List.of(),
                new LimitsConfig(Duration.ofSeconds(30), null, null, 10, null, null, null));
    }

    private static PolicyConfig allowing(String... allow) {
        return policy("reporting", PolicyMode.ENFORCE, List.of(allow), List.of(), List.of());
    }

    private static OpenRelation open(
            int number, String schema, String name, Relation.Kind kind, String... closed) {
        return new OpenRelation(
                new Relation(
                        FIRST + number,
                        schema,
                        name,
                        kind,
                        List.of(
                                new Column("id", INT4),
                                new Column("E-mail", INT4),
                                new Column("order", INT4)),
                        0,
                        null,
                        Oids.NONE,
                        Oids.NONE,
                        List.of(),
                        null),
                Set.copyOf(Arrays.asList(closed)));
    }

    private static RelationPrivileges owned(String schema, String name, String owner) {
        return new RelationPrivileges(schema, name, owner, false, false, false, false, null);
    }

    private static RoleRequest.Known known(
            Set<String> publicMay,
            boolean publicCreates,
            List<OpenRelation> open,
            RelationPrivileges... relations) {
        TreeSet<String> schemas = new TreeSet<>();
        open.forEach(one -> schemas.add(one.relation().schema()));
        return new RoleRequest.Known(
                "replica-1.db:5432",
                15,
                new Reach(open, schemas),
                new Privileges(
                        "dba",
                        publicMay,
                        List.of(
                                new SchemaPrivileges("Odd;", "odd_owner", false),
                                new SchemaPrivileges("app", "app_owner", false),
                                new SchemaPrivileges("public", "pg_database_owner", publicCreates)),
                        List.of(relations)));
    }

    private static RoleScript script(
            String role,
            List<String> creators,
            RoleRequest.@Nullable Known known,
            PolicyConfig... policies) {
        return RoleScriptWriter.write(
                new RoleRequest(
                        role,
                        "shop",
                        List.of(policies),
                        List.of(),
                        creators,
                        List.of(new RoleRequest.Database("shop", known))));
    }

    private static RoleScript script(RoleRequest.@Nullable Known known, PolicyConfig... policies) {
        return script("postern_reader", List.of(), known, policies);
    }

    /** The script without its DO blocks and empty lines. */
    private static List<String> plain(RoleScript script) {
        String text = String.join("\n", script.text());
        return text.replaceAll("(?s)DO \\$postern\\$.*?\\$postern\\$;\n", "")
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static List<String> grants(RoleScript script) {
        return plain(script).stream()
                .filter(line ->
                        line.startsWith("GRANT SELECT")
                                || line.startsWith("GRANT USAGE")
                                || line.startsWith("ALTER DEFAULT"))
                .toList();
    }

    @Test
    void wholeScript_isOneTransactionForTheRoleAndOneForEachDatabase() {
        RoleScript script =
                script(
                        known(
                                Set.of(),
                                false,
                                List.of(open(1, "public", "orders", Relation.Kind.TABLE)),
                                owned("public", "orders", "shop_owner")),
                        allowing("public.orders"));

        assertThat(script.warnings()).isEmpty();
        assertThat(plain(script))
                .containsExactly(
                        "-- Made by postern role-sql: what role postern_reader of upstream shop needs for policy reporting, and no more.",
                        "-- Names were resolved in database shop on replica-1.db:5432 (PostgreSQL 15).",
                        "-- Run it on the primary, as a superuser or as the owner of all that it names; again whenever the policy or the",
                        "-- tables change:  psql -X -v ON_ERROR_STOP=1 -f FILE",
                        "\\connect shop",
                        "BEGIN;",
                        "SET LOCAL search_path = pg_catalog;",
                        "-- The role logs in and can do nothing else. Its password is not set here.",
                        "-- A second time; Postern sets it for each session, too.",
                        "ALTER ROLE postern_reader SET default_transaction_read_only = on;",
                        "-- What it may do with databases, and what it is through membership in other roles, is taken from it;",
                        "-- what it keeps is granted below.",
                        "GRANT CONNECT ON DATABASE shop TO postern_reader;",
                        "COMMIT;",
                        "\\connect shop",
                        "BEGIN;",
                        "SET LOCAL search_path = pg_catalog;",
                        "-- What the role holds in this database is taken from it; what it keeps follows.",
                        "GRANT USAGE ON SCHEMA public TO postern_reader;",
                        "GRANT SELECT ON TABLE public.orders TO postern_reader;",
                        "COMMIT;",
                        "-- A new role needs a password, given where no file and no history keeps it:  \\password postern_reader");
        assertThat(String.join("\n", script.text()))
                .contains(
                        "CREATE ROLE postern_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;")
                .doesNotContain("PASSWORD '");
    }

    @Test
    void openRelations_areGrantedInOrderColumnByColumnWhereSomeAreClosed() {
        RoleScript script =
                script(
                        known(
                                Set.of(),
                                false,
                                List.of(
                                        open(1, "Odd;", "x\"y", Relation.Kind.VIEW),
                                        open(2, "app", "seq", Relation.Kind.SEQUENCE),
                                        open(3, "public", "users", Relation.Kind.TABLE, "id"),
                                        open(4, "public", "usual", Relation.Kind.TABLE))),
                        allowing("\"Odd;\".\"x\"\"y\"", "app.seq", "public.us*"));

        assertThat(grants(script))
                .containsExactly(
                        "GRANT USAGE ON SCHEMA \"Odd;\" TO postern_reader;",
                        "GRANT USAGE ON SCHEMA app TO postern_reader;",
                        "GRANT USAGE ON SCHEMA public TO postern_reader;",
                        "GRANT SELECT ON TABLE \"Odd;\".\"x\"\"y\" TO postern_reader;",
                        "GRANT SELECT ON SEQUENCE app.seq TO postern_reader;",
                        "GRANT SELECT (\"E-mail\", \"order\") ON TABLE public.users TO postern_reader;",
                        "GRANT SELECT ON TABLE public.usual TO postern_reader;");
    }

    @Test
    void wholeSchemas_getDefaultPrivilegesOfThoseWhoOwnWhatIsThere() {
        RoleRequest.Known known =
                known(
                        Set.of(),
                        false,
                        List.of(open(1, "public", "orders", Relation.Kind.TABLE)),
                        owned("public", "b", "shop_owner"),
                        owned("public", "orders", "Import"));

        assertThat(grants(script(known, allowing("public.*", "app.*"))))
                .containsExactly(
                        "GRANT USAGE ON SCHEMA app TO postern_reader;",
                        "GRANT USAGE ON SCHEMA public TO postern_reader;",
                        "GRANT SELECT ON TABLE public.orders TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT SELECT ON TABLES TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT SELECT ON SEQUENCES TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE \"Import\" IN SCHEMA public GRANT SELECT ON TABLES TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE \"Import\" IN SCHEMA public GRANT SELECT ON SEQUENCES TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA public GRANT SELECT ON TABLES TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA public GRANT SELECT ON SEQUENCES TO postern_reader;");
        assertThat(
                        grants(
                                script(
                                        "r",
                                        List.of("migrator"),
                                        known(Set.of(), false, List.of()),
                                        allowing("public.*"))))
                .contains(
                        "ALTER DEFAULT PRIVILEGES FOR ROLE migrator IN SCHEMA public GRANT SELECT ON TABLES TO r;");
        assertThat(grants(script(known(Set.of(), false, List.of()), allowing("public.*"))))
                .contains(
                        "ALTER DEFAULT PRIVILEGES FOR ROLE dba IN SCHEMA public GRANT SELECT ON TABLES TO postern_reader;");
    }

    @Test
    void globsThatDefaultPrivilegesCannotSay_areNamedWithTheReason() {
        RoleRequest.Known known =
                known(
                        Set.of(),
                        false,
                        List.of(open(1, "public", "orders", Relation.Kind.TABLE)),
                        owned("public", "orders", "shop_owner"));
        RoleScript denied =
                script(
                        known,
                        policy(
                                "reporting",
                                PolicyMode.ENFORCE,
                                List.of("public.*", "public.ord*", "a*.*"),
                                List.of("public.password_*"),
                                List.of()));
        RoleScript columns =
                script(
                        known,
                        policy(
                                "reporting",
                                PolicyMode.ENFORCE,
                                List.of("public.*"),
                                List.of(),
                                List.of("*.*.ssn")));

        assertThat(plain(denied))
                .contains(
                        "--   public.* (relations.deny or columns.deny closes a part of it)",
                        "--   public.ord* (a part of a schema)",
                        "--   a*.* (schemas to come)");
        assertThat(grants(denied))
                .filteredOn(line -> line.startsWith("ALTER"))
                .allMatch(line -> line.contains(" IN SCHEMA app "))
                .hasSize(2);
        assertThat(plain(columns))
                .contains("--   public.* (relations.deny or columns.deny closes a part of it)");
        assertThat(grants(columns)).noneMatch(line -> line.startsWith("ALTER"));
    }

    @Test
    void whatEverybodyMay_isTakenOnlyWhereTheyMay() {
        List<OpenRelation> open = List.of(open(1, "public", "orders", Relation.Kind.TABLE));
        List<String> before =
                plain(
                        script(
                                known(Set.of("TEMPORARY", "CREATE"), true, open),
                                allowing("public.orders")));
        List<String> after = plain(script(known(Set.of(), false, open), allowing("public.orders")));

        assertThat(before)
                .contains(
                        "REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC;",
                        "REVOKE CREATE ON DATABASE shop FROM PUBLIC;",
                        "REVOKE CREATE ON SCHEMA public FROM PUBLIC;");
        assertThat(after).noneMatch(line -> line.contains("PUBLIC"));
        assertThat(plain(script(known(Set.of(), true, List.of()), allowing("app.*"))))
                .as("a schema that the policy does not open")
                .contains("REVOKE CREATE ON SCHEMA public FROM PUBLIC;");
    }

    @Test
    void whatEverybodyMayDoWithTables_isAWarningAndLeftToTheDba() {
        RoleScript script =
                script(
                        known(
                                Set.of(),
                                false,
                                List.of(open(1, "public", "orders", Relation.Kind.TABLE)),
                                new RelationPrivileges(
                                        "public", "inbox", "o", false, true, true, true, null),
                                new RelationPrivileges(
                                        "public", "orders", "o", false, true, false, true, null),
                                new RelationPrivileges(
                                        "public", "spatial", "o", true, true, false, true, null)),
                        allowing("public.orders"));

        assertThat(script.warnings())
                .containsExactly(
                        "everybody may write to public.inbox in database shop, this role too, so Postern will not serve with it: grant that to those that need it, then REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON public.inbox FROM PUBLIC",
                        "everybody may read public.inbox in database shop, this role too, and the policy does not open it: grant that to those that need it, then REVOKE SELECT ON public.inbox FROM PUBLIC");
        assertThat(plain(script)).contains("-- WARNING: " + script.warnings().getFirst());
    }

    @Test
    void policiesThatMeanMoreThanTheySay_areWarnedOf() {
        RoleScript script =
                RoleScriptWriter.write(
                        new RoleRequest(
                                "r",
                                "shop",
                                List.of(
                                        policy(
                                                "open",
                                                PolicyMode.OBSERVE,
                                                null,
                                                List.of(),
                                                List.of()),
                                        allowing("public.nothing")),
                                List.of("exports"),
                                List.of(),
                                List.of(
                                        new RoleRequest.Database(
                                                "shop", known(Set.of(), false, List.of())))));

        assertThat(script.warnings())
                .containsExactly(
                        "the role also serves policy exports, which loses what only it opens: name all of them with --policy, or give each upstream a role of its own",
                        "policy open only takes note (mode: observe); with this role PostgreSQL refuses what it would note",
                        "policy open has no relations.allow: it opens whatever the role may read, so this grants all there is but what is denied",
                        "relations.allow of policy reporting has public.nothing, which opens no relation that there is");
    }

    @Test
    void withoutAServer_wholeSchemasAndFullNamesAreGranted() {
        RoleScript script =
                script(
                        null,
                        policy(
                                "reporting",
                                PolicyMode.ENFORCE,
                                List.of("app.*", "crm.accounts", "crm.users", "public.*", "x*.*"),
                                List.of("public.password_*"),
                                List.of("crm.users.email")));

        assertThat(grants(script))
                .containsExactly(
                        "GRANT USAGE ON SCHEMA app TO postern_reader;",
                        "GRANT USAGE ON SCHEMA crm TO postern_reader;",
                        "GRANT SELECT ON ALL TABLES IN SCHEMA app TO postern_reader;",
                        "GRANT SELECT ON ALL SEQUENCES IN SCHEMA app TO postern_reader;",
                        "GRANT SELECT ON TABLE crm.accounts TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO postern_reader;",
                        "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON SEQUENCES TO postern_reader;");
        assertThat(plain(script))
                .contains(
                        "--   crm.users (relations.deny or columns.deny may close a part of it)",
                        "--   public.* (relations.deny or columns.deny may close a part of it)",
                        "--   x*.* (neither a whole schema nor a full name)");
    }

    @Test
    void namesOfEveryKind_stayNames() {
        String evil = "r'\\ $postern$ \"; DROP TABLE x; --";
        RoleScript script =
                RoleScriptWriter.write(
                        new RoleRequest(
                                evil,
                                "shop\n\\! rm",
                                List.of(allowing("public.orders")),
                                List.of(),
                                List.of(),
                                List.of(new RoleRequest.Database("My 'db'", null))));
        List<String> text = script.text();

        assertThat(text)
                .contains(
                        "\\connect -reuse-previous=on \"dbname='My \\'db\\''\"",
                        "GRANT CONNECT ON DATABASE \"My 'db'\" TO \"r'\\ $postern$ \"\"; DROP TABLE x; --\";",
                        "DO $postern_$",
                        "  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = E'r''\\\\ $postern$ \"; DROP TABLE x; --') THEN");
        assertThat(text).noneMatch(line -> line.startsWith("\\!"));
        assertThat(script.statements())
                .isNotEmpty()
                .allMatch(statement -> statement.database().equals("My 'db'"));
    }

    @Test
    void names_areQuotedWhereTheyNeedIt() {
        assertThat(SqlNames.name("orders_2")).isEqualTo("orders_2");
        assertThat(SqlNames.name("user")).isEqualTo("\"user\"");
        assertThat(SqlNames.name("json_table")).isEqualTo("\"json_table\"");
        assertThat(SqlNames.name("Orders")).isEqualTo("\"Orders\"");
        assertThat(SqlNames.name("a\"b")).isEqualTo("\"a\"\"b\"");
        assertThat(SqlNames.name("")).isEqualTo("\"\"");
        assertThat(SqlNames.name("2x")).isEqualTo("\"2x\"");
        assertThat(SqlNames.role("public")).isEqualTo("\"public\"");
        assertThat(SqlNames.name("public")).isEqualTo("public");
        assertThat(SqlNames.connect("Shop")).isEqualTo("\"Shop\"");
        assertThat(SqlNames.comment("a\nb\u2028c")).isEqualTo("a b c");
    }
}
