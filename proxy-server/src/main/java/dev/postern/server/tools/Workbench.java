package dev.postern.server.tools;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Explanation;
import dev.postern.policy.Policy;
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
