package dev.postern.policy;

import dev.postern.catalog.CatalogView;
import dev.postern.protocol.SqlText;
import dev.postern.sql.GateLimits;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.SqlReader;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.GrammarModule;
import java.nio.charset.StandardCharsets;

/** The whole gate without threads: text in, verdict out. For one thread at a time. */
final class TestGate implements AutoCloseable {

    private static final Policy NOTHING_MORE = new Policy("test", Access.DEFAULT);

    private final GrammarModule module = GrammarModule.load();
    private final Gate gate = new Gate();
    private final GateLimits limits;
    private Grammar grammar = module.newGrammar();
    private SqlReader reader;

    TestGate() {
        this(GateLimits.DEFAULT);
    }

    TestGate(GateLimits limits) {
        this.limits = limits;
        this.reader = new SqlReader(grammar, limits);
    }

    Gate gate() {
        return gate;
    }

    SqlFacts read(byte[] text) {
        return read(SqlText.owning(text), CatalogView.UNKNOWN);
    }

    SqlFacts read(SqlText text, CatalogView view) {
        if (reader.isSpent()) {
            grammar.close();
            grammar = module.newGrammar();
            reader = new SqlReader(grammar, limits);
        }
        return reader.read(text, view);
    }

    Verdict judge(String sql) {
        return judge(sql, NOTHING_MORE);
    }

    Verdict judge(String sql, Policy policy) {
        return judge(sql, policy, CatalogView.UNKNOWN);
    }

    Verdict judge(String sql, Policy policy, CatalogView view) {
        SqlText text = SqlText.owning(sql.getBytes(StandardCharsets.UTF_8));
        return gate.judge(text, policy, view, this::read).verdict();
    }

    Verdict judge(byte[] text) {
        return gate.judge(SqlText.owning(text), NOTHING_MORE, CatalogView.UNKNOWN, this::read)
                .verdict();
    }

    @Override
    public void close() {
        grammar.close();
    }
}
