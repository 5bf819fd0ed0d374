package dev.postern.server.cli;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.catalog.Column;
import dev.postern.catalog.Oids;
import dev.postern.catalog.Operator;
import dev.postern.catalog.Relation;
import dev.postern.catalog.Routine;
import dev.postern.catalog.SearchPath;
import dev.postern.catalog.Type;
import dev.postern.policy.Access;
import dev.postern.policy.Explanation;
import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.Reach;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.config.PolicyConfig;
import dev.postern.server.config.PolicyMode;
import dev.postern.server.roles.Privileges;
import dev.postern.server.roles.Privileges.SchemaPrivileges;
import dev.postern.server.tools.CatalogLook;
import dev.postern.server.tools.PrivilegesLook;
import dev.postern.server.tools.Workbench;
import dev.postern.sql.GateLimits;
import dev.postern.sql.SqlReader;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.GrammarModule;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The gate without threads, over a small catalog of its own. */
final class CatalogBench implements Workbench {

    static final SearchPath PATH = SearchPath.of(List.of("public"), "reader");

    private static final GrammarModule MODULE = GrammarModule.load();
    private static final int INT4 = 23;
    private static final int FIRST = 20_000;

    private final Catalog catalog;
    private final boolean offline;
    private final Gate gate = new Gate();
    private final Grammar grammar = MODULE.newGrammar();
    private final SqlReader reader = new SqlReader(grammar, GateLimits.DEFAULT);

    /** Makes one; looks show nothing if it is offline. */
    CatalogBench(boolean offline) {
        this.catalog = shop();
        this.offline = offline;
    }

    /**
     * Schema public: customers, orders with the partition orders_old, secrets, the view big over
     * orders, the foreign table far, functions tax (SQL), risk (plpgsql) and peek (SQL, reads
     * secrets). Schema app: notes.
     */
    private static Catalog shop() {
        Catalog.Builder builder =
                new Catalog.Builder(new Catalog.Source("shop", "reader", 15), PATH);
        builder.schema("pg_catalog").schema("public").schema("app");
        builder.add(
                new Type(
                        INT4,
                        "pg_catalog",
                        "int4",
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
                        List.of()));
        builder.add(routine(65, "pg_catalog", "sum", "internal", null));
        builder.add(new Operator(96, "pg_catalog", "=", INT4, INT4, INT4, 65, null));
        builder.add(relation(1, "public", "customers", Relation.Kind.TABLE, 0, 0, null));
        builder.add(relation(2, "public", "orders", Relation.Kind.PARTITIONED_TABLE, 0, 3, null));
        builder.add(relation(3, "public", "orders_old", Relation.Kind.TABLE, 2, 0, null));
        builder.add(relation(4, "public", "secrets", Relation.Kind.TABLE, 0, 0, null));
        builder.add(
                relation(
                        5,
                        "public",
                        "big",
                        Relation.Kind.VIEW,
                        0,
                        0,
                        "SELECT id, name FROM public.orders"));
        builder.add(relation(6, "public", "far", Relation.Kind.FOREIGN_TABLE, 0, 0, null));
        builder.add(relation(7, "app", "notes", Relation.Kind.TABLE, 0, 0, null));
        builder.add(routine(FIRST + 8, "public", "tax", "sql", "SELECT $1"));
        builder.add(routine(FIRST + 9, "public", "risk", "plpgsql", null));
        builder.add(routine(FIRST + 10, "public", "peek", "sql", "SELECT id FROM public.secrets"));
        return builder.build();
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
                List.of(new Column("id", INT4), new Column("name", INT4)),
                0,
                definition,
                parent == 0 ? Oids.NONE : Oids.of(FIRST + parent),
                child == 0 ? Oids.NONE : Oids.of(FIRST + child),
                List.of(),
                null);
    }

    private static Routine routine(
            int oid, String schema, String name, String language, @Nullable String body) {
        return new Routine(
                oid,
                schema,
                name,
                Routine.Kind.FUNCTION,
                language,
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
                body == null ? null : new Routine.Body(body, false),
                null,
                null,
                Oids.NONE);
    }

    @Override
    public Policy rules(PolicyConfig policy) {
        return new Policy(
                policy.name(),
                new Access(
                        policy.allowedFunctions(),
                        policy.relations().allow(),
                        policy.relations().deny(),
                        policy.relations().deniedColumns(),
                        policy.mode() == PolicyMode.OBSERVE
                                ? Access.Mode.OBSERVE
                                : Access.Mode.ENFORCE));
    }

    @Override
    public CatalogLook look(String upstream, String database) {
        return offline
                ? CatalogLook.unread(database, "replica-1.db:5432: it sleeps")
                : CatalogLook.read(database, catalog, "replica-1.db:5432");
    }

    @Override
    public PrivilegesLook privileges(String upstream, String host, String database) {
        return new PrivilegesLook(
                new Privileges(
                        "dba",
                        Set.of(),
                        List.of(
                                new SchemaPrivileges("app", "app_owner", false),
                                new SchemaPrivileges("public", "pg_database_owner", false)),
                        List.of()),
                null);
    }

    @Override
    public Reach reach(Policy policy, Catalog of) {
        return gate.reach(policy, of, reader::read);
    }

    @Override
    public Verdict judge(Policy policy, CatalogView view, SqlText text) {
        return gate.judge(text, policy, view, reader::read).verdict();
    }

    @Override
    public List<Explanation> explain(Policy policy, CatalogView view, SqlText text) {
        return gate.explain(text, policy, view, reader::read);
    }

    @Override
    public void close() {
        grammar.close();
    }
}
