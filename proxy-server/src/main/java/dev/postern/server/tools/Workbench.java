package dev.postern.server.tools;

import dev.postern.catalog.Catalog;
import dev.postern.catalog.CatalogView;
import dev.postern.policy.Explanation;
import dev.postern.policy.Policy;
import dev.postern.policy.Reach;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.server.config.PolicyConfig;
import java.util.List;

/** Judges statements as a server with the same configuration would. For one thread. */
public interface Workbench extends AutoCloseable {

    /** Returns what statements are judged by. */
    Policy rules(PolicyConfig policy);

    /**
     * Looks at a database of an upstream, once: the first host that answers counts.
     *
     * @param upstream the configured name
     */
    CatalogLook look(String upstream, String database);

    /**
     * Asks one host who holds what in a database.
     *
     * @param upstream the configured name
     * @param host one that a look at it named
     */
    PrivilegesLook privileges(String upstream, String host, String database);

    /** Returns all that a policy opens in a database. */
    Reach reach(Policy policy, Catalog catalog);

    /** Returns the verdict on a text. */
    Verdict judge(Policy policy, CatalogView view, SqlText text);

    /**
     * Tells what a text names and what becomes of it, one element a statement; none for a text that
     * cannot be read.
     */
    List<Explanation> explain(Policy policy, CatalogView view, SqlText text);

    @Override
    void close();
}
