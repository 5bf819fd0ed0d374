package dev.postern.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.sql.grammar.Grammar;
import dev.postern.sql.grammar.GrammarModule;
import dev.postern.sql.grammar.ParseOutcome;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Texts of one shape have equal trees apart from constants, over random texts made of what is hard
 * to tell apart.
 */
class SqlShapePropertyTest {

    private static final long SEED = 20261123;
    private static final int TEXTS = 20_000;

    /** Enough that the test would notice if texts stopped sharing shapes. */
    private static final int MIN_SHARED = 500;

    private static final String[] PIECES = {
        "1",
        "23",
        "4.5",
        "6.",
        ".7",
        "8e9",
        "'a'",
        "'b c'",
        "'d-e'",
        "''",
        "'f''g'",
        "'(h)'",
        "\"i\"",
        "\"j k\"",
        "k",
        "float(2)",
        "float(30)",
        "numeric(3,1)",
        "x",
        "E'l'",
        "U&'m'",
        "&",
        "+",
        "-",
        "/",
        "*",
        "::text",
        "::int",
        "::float(5)",
        "::float(50)",
        "::bit(3)",
        "(",
        ")",
        ",",
        " ",
        "\n",
        "--n\n",
        "/*o*/",
        "\\",
        "$1",
        "$$p$$",
        "is null",
        " and ",
        " in ",
        "interval ",
        "=",
        "ORDER BY ",
        "LIMIT ",
        " FROM t ",
        " WHERE ",
        "UESCAPE",
        "é",
        ";",
        "[",
        "]",
        "@",
        "|| ",
        "date ",
        " as ",
        "f(",
        "abs("
    };

    private static final Pattern CONSTANT =
            Pattern.compile(
                    "\"A_Const\":\\{(?:\"(?:ival|fval|sval)\":\\{(?:\"(?:ival|fval|sval)\":(?:-?\\d+|\"[^\"]*\"))?\\},?)(?:\"location\":-?\\d+)?\\}");
    private static final Pattern PLACE =
            Pattern.compile(
                    "\"(?:location|stmt_len|stmt_location|list_start|list_end|rexpr_list_start|rexpr_list_end)\":-?\\d+,?");
    private static final Pattern INTEGER =
            Pattern.compile("\"Integer\":\\{(?:\"ival\":-?\\d+)?\\}");

    @Test
    void textsOfOneShape_haveEqualTreesApartFromConstants() {
        Random random = new Random(SEED);
        SqlShape shape = new SqlShape();
        Map<String, String> trees = new HashMap<>();
        int shared = 0;
        try (Grammar grammar = GrammarModule.load().newGrammar()) {
            for (int i = 0; i < TEXTS; i++) {
                byte[] text = text(random).getBytes(StandardCharsets.UTF_8);
                if (!shape.take(text)) {
                    continue;
                }
                String key = new String(shape.copyOfBytes(), StandardCharsets.UTF_8);
                String tree = tree(grammar.parse(text));
                String other = trees.putIfAbsent(key, tree);
                if (other != null) {
                    shared++;
                    assertThat(tree).as(new String(text, StandardCharsets.UTF_8)).isEqualTo(other);
                }
            }
        }
        assertThat(shared).isGreaterThan(MIN_SHARED);
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder("SELECT ");
        int pieces = 1 + random.nextInt(5);
        for (int i = 0; i < pieces; i++) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }

    private static String tree(ParseOutcome outcome) {
        return switch (outcome) {
            case ParseOutcome.Tree tree -> {
                String json = new String(tree.json(), StandardCharsets.UTF_8);
                json = PLACE.matcher(json).replaceAll("");
                json = json.replace(",}", "}");
                json = CONSTANT.matcher(json).replaceAll("constant");
                yield INTEGER.matcher(json).replaceAll("integer");
            }
            case ParseOutcome.SyntaxError error -> "refused";
            case ParseOutcome.Exhausted exhausted -> "exhausted";
        };
    }
}
