package dev.postern.sql;

import dev.postern.catalog.CatalogView;
import dev.postern.catalog.Names;
import dev.postern.catalog.SearchPath;
import dev.postern.protocol.SqlText;
import dev.postern.sql.SqlFacts.Parsed;
import dev.postern.sql.SqlFacts.Reason;
import dev.postern.sql.SqlFacts.Unreadable;
import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.ParseOutcome;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads texts with one instance of the grammar. For one thread at a time; the grammar is the
 * caller's, who takes another once {@link #isSpent} holds. Interrupting the thread ends a reading
 * with {@link Reason#TOO_COMPLEX}.
 */
public final class SqlReader {

    /** How the grammar says that a text is nested deeper than its own stack goes. */
    private static final String PARSER_STACK = "memory exhausted";

    private final Grammar grammar;
    private final GateLimits limits;
    private final SyntaxTreeReader trees;
    private boolean spent;

    public SqlReader(Grammar grammar, GateLimits limits) {
        this.grammar = grammar;
        this.limits = limits;
        this.trees = new SyntaxTreeReader(limits);
    }

    /** Tells whether the grammar gave up on a text, after which it must not be used again. */
    public boolean isSpent() {
        return spent;
    }

    /** What is known of a text that is over the limit, without reading it. */
    public static Unreadable tooLong(SqlText text, GateLimits limits) {
        return new Unreadable(
                Reason.TOO_LONG, text.length() + " bytes, the limit is " + limits.textBytes(), 0);
    }

    /** What is known of a text that {@link #isText} finds to be none. */
    public static Unreadable notText() {
        return new Unreadable(Reason.ENCODING, "not valid UTF-8, or a NUL in it", 0);
    }

    /** Tells whether a text is valid UTF-8 without NUL. */
    public static boolean isText(SqlText text) {
        return Utf8.isText(text.bytes());
    }

    /**
     * Reads a text.
     *
     * @param view what its names mean
     */
    public SqlFacts read(SqlText text, CatalogView view) {
        if (text.length() > limits.textBytes()) {
            return tooLong(text, limits);
        }
        if (!Utf8.isText(text.bytes())) {
            return notText();
        }
        if (spent) {
            return new Unreadable(Reason.FAULT, "the grammar has given up", 0);
        }
        if (isBlank(text.bytes())) {
            return new Parsed(
                    List.of(), List.of(), List.of(), fingerprint(new Fingerprint().value()));
        }
        return switch (grammar.parse(text.bytes())) {
            case ParseOutcome.Tree tree ->
                    facts(trees.read(tree.json()), new TextPositions(text.bytes()), view);
            case ParseOutcome.SyntaxError error -> syntaxError(error);
            case ParseOutcome.Exhausted exhausted -> {
                spent = true;
                yield exhausted(exhausted.resource());
            }
        };
    }

    private static SqlFacts facts(SyntaxTree tree, TextPositions positions, CatalogView view) {
        return switch (tree) {
            case SyntaxTree.Refused refused -> new Unreadable(refused.reason(), refused.what(), 0);
            case SyntaxTree.Known known -> {
                List<List<StatementFacts>> byPath = new ArrayList<>(view.paths().size());
                for (SearchPath path : view.paths()) {
                    List<StatementFacts> statements = new ArrayList<>();
                    Unreadable trouble = read(known, positions, view, path, statements);
                    if (trouble != null) {
                        yield trouble;
                    }
                    byPath.add(statements);
                }
                List<Integer> starts = new ArrayList<>();
                for (SyntaxNode raw : known.statements()) {
                    int start = Math.toIntExact(raw.number("stmt_location"));
                    starts.add(start == 0 ? 1 : positions.character(start));
                }
                yield new Parsed(
                        byPath.getFirst(),
                        byPath.stream().skip(1).flatMap(List::stream).toList(),
                        starts,
                        fingerprint(known.fingerprint()));
            }
        };
    }

    private static @Nullable Unreadable read(
            SyntaxTree.Known tree,
            TextPositions positions,
            CatalogView view,
            SearchPath path,
            List<StatementFacts> statements) {
        Names names = view.catalog().names(path);
        for (SyntaxNode raw : tree.statements()) {
            SyntaxNode node = raw.node("stmt");
            StatementFacts facts =
                    StatementReader.read(node, positions, names, view.parameterTypes());
            if (Thread.currentThread().isInterrupted()) {
                return new Unreadable(Reason.TOO_COMPLEX, "time", 0);
            }
            if (facts == null) {
                String name = node == null ? "empty statement" : node.type().name();
                return new Unreadable(Reason.NODE_UNKNOWN, name, 0);
            }
            statements.add(facts);
        }
        return null;
    }

    private static Unreadable syntaxError(ParseOutcome.SyntaxError error) {
        if (error.message().startsWith(PARSER_STACK)) {
            return new Unreadable(Reason.TOO_COMPLEX, "nesting", 0);
        }
        return new Unreadable(Reason.SYNTAX, error.message(), error.cursor());
    }

    private static Unreadable exhausted(ParseOutcome.Resource resource) {
        return switch (resource) {
            case TIME -> new Unreadable(Reason.TOO_COMPLEX, "time", 0);
            case MEMORY -> new Unreadable(Reason.TOO_COMPLEX, "memory", 0);
            case STACK -> new Unreadable(Reason.TOO_COMPLEX, "nesting", 0);
            case FAULT -> new Unreadable(Reason.FAULT, "the grammar stopped", 0);
        };
    }

    /** An empty query is PostgreSQL's to answer; libpg_query's wrapper refuses it. */
    private static boolean isBlank(byte[] text) {
        for (byte b : text) {
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x0B) {
                return false;
            }
        }
        return true;
    }

    private static String fingerprint(long value) {
        return HexFormat.of().toHexDigits(value);
    }
}
