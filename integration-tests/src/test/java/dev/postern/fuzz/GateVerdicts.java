package dev.postern.fuzz;

import dev.postern.policy.Gate;
import dev.postern.policy.Policy;
import dev.postern.policy.ReviewedNames;
import dev.postern.policy.Verdict;
import dev.postern.sql.SqlFacts;
import dev.postern.sql.SqlShape;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The gate on any text: what it allows holds nothing that writes when the printed tree is searched
 * in another way, and where a verdict is kept by shape, other constants have the same one.
 */
public final class GateVerdicts {

    private static final RecordingGrammar GRAMMAR = new RecordingGrammar();
    private static final Gate GATE = new Gate(new ReviewedNames());
    private static final Policy POLICY = new Policy("fuzz", List.of());
    private static final SqlShape SHAPE = new SqlShape();
    private static final String SIMPLE = "azAZ09 _.,:@/%+-";

    private GateVerdicts() {}

    /** Judges a text. */
    public static void fuzzerTestOneInput(byte[] input) {
        SqlFacts facts = SqlTexts.read(GRAMMAR, input);
        byte[] tree = GRAMMAR.tree();
        if (!(GATE.judge(facts, POLICY) instanceof Verdict.Allow)) {
            return;
        }
        Finding.unless(facts instanceof SqlFacts.Parsed, "allowed without having been read");
        if (tree != null) {
            String found = PrintedTree.firstThatIsNoRead(tree);
            Finding.unless(found == null, "allowed although it holds " + found);
        }
        if (GATE.holdsForAnyConstants(facts)) {
            otherConstants(input, facts);
        }
    }

    private static void otherConstants(byte[] input, SqlFacts facts) {
        if (!SHAPE.take(input)) {
            return;
        }
        byte[] shape = SHAPE.copyOfBytes();
        Random random = new Random(Arrays.hashCode(input));
        for (int i = 0; i < 3; i++) {
            byte[] other = mutate(input, random);
            if (Arrays.equals(input, other)
                    || !SHAPE.take(other)
                    || !Arrays.equals(shape, SHAPE.copyOfBytes())) {
                continue;
            }
            SqlFacts otherFacts = SqlTexts.read(GRAMMAR, other);
            String text = new String(other, StandardCharsets.UTF_8);
            Finding.unless(
                    GATE.judge(otherFacts, POLICY) instanceof Verdict.Allow,
                    "not allowed with other constants: " + text);
            Finding.unless(
                    facts instanceof SqlFacts.Parsed one
                            && otherFacts instanceof SqlFacts.Parsed two
                            && one.fingerprint().equals(two.fingerprint()),
                    "another tree with other constants: " + text);
            Finding.unless(
                    GATE.holdsForAnyConstants(otherFacts),
                    "not kept by shape with other constants: " + text);
        }
    }

    /** Puts other digits for digits, and other characters into strings. */
    private static byte[] mutate(byte[] input, Random random) {
        byte[] other = input.clone();
        boolean quoted = false;
        for (int i = 0; i < other.length; i++) {
            if (other[i] == '\'') {
                quoted = !quoted;
            } else if (quoted && random.nextInt(3) == 0) {
                other[i] = (byte) SIMPLE.charAt(random.nextInt(SIMPLE.length()));
            } else if (other[i] >= '0' && other[i] <= '9') {
                other[i] = (byte) ('0' + random.nextInt(10));
            }
        }
        return other;
    }
}
