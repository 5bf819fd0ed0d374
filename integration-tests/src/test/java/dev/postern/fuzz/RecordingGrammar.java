package dev.postern.fuzz;

import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.GrammarModule;
import dev.postern.sql.grammar.ParseOutcome;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's grammar that keeps the tree it printed last, and is made anew when it is spent. */
final class RecordingGrammar implements Grammar {

    private static final GrammarModule MODULE = GrammarModule.load();

    private @Nullable Grammar grammar;
    private byte @Nullable [] tree;

    @Override
    public ParseOutcome parse(byte[] utf8) {
        if (grammar == null) {
            grammar = MODULE.newGrammar();
        }
        tree = null;
        ParseOutcome outcome = grammar.parse(utf8);
        switch (outcome) {
            case ParseOutcome.Tree(byte[] json) -> tree = json;
            case ParseOutcome.SyntaxError error -> {}
            case ParseOutcome.Exhausted exhausted -> close();
        }
        return outcome;
    }

    /** Forgets the last text: not every text that is read needs the grammar. */
    void forget() {
        tree = null;
    }

    /** Returns the tree of the last text as JSON, {@code null} if it had none. */
    byte @Nullable [] tree() {
        return tree;
    }

    @Override
    public void close() {
        if (grammar != null) {
            grammar.close();
        }
        grammar = null;
    }
}
