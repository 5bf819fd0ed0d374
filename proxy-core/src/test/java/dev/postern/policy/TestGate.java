package dev.postern.policy;

import dev.postern.protocol.SqlText;
import dev.postern.sql.GateLimits;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.SqlReader;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.GrammarModule;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The whole gate without threads: text in, verdict out. For one thread at a time. */
final class TestGate implements AutoCloseable {

    private static final Policy NOTHING_MORE = new Policy("test", List.of());

    private final GrammarModule module = GrammarModule.load();
    private final Gate gate = new Gate(new ReviewedNames());
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
        if (reader.isSpent()) {
            grammar.close();
            grammar = module.newGrammar();
            reader = new SqlReader(grammar, limits);
        }
        return reader.read(SqlText.owning(text));
    }

    Verdict judge(String sql) {
        return judge(sql, NOTHING_MORE);
    }

    Verdict judge(String sql, Policy policy) {
        return gate.judge(read(sql.getBytes(StandardCharsets.UTF_8)), policy);
    }

    Verdict judge(byte[] text) {
        return gate.judge(read(text), NOTHING_MORE);
    }

    @Override
    public void close() {
        grammar.close();
    }
}
