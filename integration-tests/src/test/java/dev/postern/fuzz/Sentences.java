package dev.postern.fuzz;

import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.ReviewedNames;
import dev.postern.policy.Verdict;
import dev.postern.sql.SqlFacts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gate on sentences made by {@link Sentence}, in which it is known whether something harmful
 * stands: those with it are denied, wherever it stands, and those without it pass.
 */
public final class Sentences {

    private static final RecordingGrammar GRAMMAR = new RecordingGrammar();
    private static final Gate GATE = new Gate(new ReviewedNames());
    private static final Policy POLICY = new Policy("fuzz", List.of());

    private Sentences() {}

    /** Judges the sentence that an input stands for. */
    public static void fuzzerTestOneInput(byte[] input) {
        Sentence sentence = Sentence.of(input);
        String text = sentence.text();
        SqlFacts facts = SqlTexts.read(GRAMMAR, text.getBytes(StandardCharsets.UTF_8));
        Finding.unless(facts instanceof SqlFacts.Parsed, facts + ": " + text);
        @Nullable String harm = sentence.harm();
        switch (GATE.judge(facts, POLICY)) {
            case Verdict.Allow allow ->
                    Finding.unless(harm == null, "allowed with " + harm + ": " + text);
            case Verdict.Deny deny ->
                    Finding.unless(harm != null, deny.denial() + " on a read: " + text);
        }
    }
}
