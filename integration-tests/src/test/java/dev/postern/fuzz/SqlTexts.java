package dev.postern.fuzz;

import dev.postern.catalog.CatalogView;
import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.Verdict;
import dev.postern.protocol.SqlText;
import dev.postern.sql.GateLimits;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.SqlReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * SQL facts of any bytes: text or not, there is an answer within the limits, a failure of the
 * reader itself is none, and a place lies within the text.
 */
public final class SqlTexts {

    private static final RecordingGrammar GRAMMAR = new RecordingGrammar();

    private SqlTexts() {}

    /** Reads a text. */
    public static void fuzzerTestOneInput(byte[] input) {
        byte[] copy = input.clone();
        SqlFacts facts = read(GRAMMAR, input);
        Finding.unless(Arrays.equals(copy, input), "reading changed the text");
        boolean text = SqlReader.isText(SqlText.owning(input));
        switch (facts) {
            case SqlFacts.Parsed parsed -> Finding.unless(text, "facts of what is no text");
            case SqlFacts.Unreadable(SqlFacts.Reason reason, String message, int position) -> {
                Finding.unless(
                        (reason == SqlFacts.Reason.ENCODING) == !text, reason + " of a text");
                Finding.unless(reason != SqlFacts.Reason.FAULT, message);
                int characters =
                        new String(input, StandardCharsets.UTF_8)
                                .codePointCount(
                                        0, new String(input, StandardCharsets.UTF_8).length());
                Finding.unless(
                        position >= 0 && position <= characters + 1,
                        "position " + position + " in " + characters + " characters");
            }
        }
    }

    static SqlFacts read(RecordingGrammar grammar, byte[] text) {
        grammar.forget();
        return new SqlReader(grammar, GateLimits.DEFAULT)
                .read(SqlText.owning(text), CatalogView.UNKNOWN);
    }

    /** Judges what was read; no catalog holds definitions here. */
    static Verdict judge(Gate gate, SqlFacts facts, Policy policy) {
        return gate.judge(
                facts,
                policy,
                CatalogView.UNKNOWN,
                (text, view) -> {
                    throw new IllegalStateException("nothing is known");
                });
    }
}
