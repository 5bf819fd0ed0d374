package dev.postern.sql.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.postern.sql.grammar.ParseOutcome.Exhausted;
import dev.postern.sql.grammar.ParseOutcome.SyntaxError;
import dev.postern.sql.grammar.ParseOutcome.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the JVM makes of the module is, byte for byte, what V8 makes of it. */
class GrammarAgainstV8Test {

    private static final System.Logger LOG = System.getLogger(GrammarAgainstV8Test.class.getName());
    private static final GrammarModule MODULE = GrammarModule.load();
    private static final Path STATEMENTS =
            Path.of("src", "test", "resources", "grammar", "statements.txt");
    private static final Path SHARED_CORPUS = Path.of("..", "..", "shared", "corpus");

    @Test
    void parse_statementsOfEveryKind_equalsV8() throws Exception {
        assertEqual(statements(STATEMENTS));
    }

    @Test
    void parse_nestedAndLongTexts_equalsV8() throws Exception {
        assertEqual(
                List.of(
                        "SELECT " + "(".repeat(3_000) + "1" + ")".repeat(3_000),
                        "SELECT " + "(".repeat(50_000) + "1" + ")".repeat(50_000),
                        "SELECT " + "(SELECT ".repeat(1_000) + "1" + ")".repeat(1_000),
                        "SELECT 1" + "+1".repeat(2_000),
                        "SELECT " + "NOT ".repeat(2_000) + "true",
                        "SELECT 1" + ",1".repeat(20_000),
                        "SELECT '" + "é".repeat(20_000) + "'",
                        "SELECT 1" + " UNION SELECT 1".repeat(1_000),
                        "SELECT 1;".repeat(5_000),
                        "SELECT " + "a".repeat(70_000)));
    }

    @Test
    void parse_everyPrefixOfAStatement_equalsV8() throws Exception {
        String statement =
                "WITH x AS (SELECT a.*, $1::int[] FROM t) SELECT E'\\u00e9' || U&'\\00e9', \"q\"\"q\", $x$ y $x$,"
                        + " 1.5e-3, b -> 'c' /* d */ FROM x WHERE f(a => 1) IS NOT NULL AND c BETWEEN 0x1F AND 2 -- e";
        List<String> prefixes = new ArrayList<>();
        for (int i = 0; i <= statement.length(); i++) {
            prefixes.add(statement.substring(0, i));
        }
        assertEqual(prefixes);
    }

    @Test
    void parse_sharedCorpus_equalsV8() throws Exception {
        if (!Files.isDirectory(SHARED_CORPUS)) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no corpus beside the project, nothing compared: {0}",
                    SHARED_CORPUS);
            return;
        }
        List<String> texts = new ArrayList<>();
        for (String file : List.of("allow.jsonl", "deny.jsonl")) {
            for (String line : Files.readAllLines(SHARED_CORPUS.resolve(file))) {
                texts.addAll(sqlOf(line));
            }
        }
        texts.addAll(statements(SHARED_CORPUS.resolve("readers.txt")));
        assertEqual(texts);
    }

    private static void assertEqual(List<String> texts) throws Exception {
        List<String> parseable = texts.stream().filter(text -> text.indexOf('\0') < 0).toList();
        List<ParseOutcome> expected = V8Parser.parse(parseable);
        assertThat(expected).hasSameSizeAs(parseable);
        List<ParseOutcome> actual =
                ParserThread.call(WasmGrammar.THREAD_STACK_BYTES, () -> parse(parseable));
        for (int i = 0; i < parseable.size(); i++) {
            assertThat(readable(actual.get(i)))
                    .as(parseable.get(i))
                    .isEqualTo(readable(expected.get(i)));
        }
    }

    private static List<ParseOutcome> parse(List<String> texts) {
        try (WasmGrammar grammar = MODULE.newGrammar()) {
            return texts.stream()
                    .map(text -> grammar.parse(text.getBytes(StandardCharsets.UTF_8)))
                    .toList();
        }
    }

    private static String readable(ParseOutcome outcome) {
        return switch (outcome) {
            case Tree(byte[] json) -> new String(json, StandardCharsets.ISO_8859_1);
            case SyntaxError error -> error.toString();
            case Exhausted exhausted -> exhausted.toString();
        };
    }

    private static List<String> statements(Path file) throws IOException {
        return List.of(Files.readString(file).split("\n%%\n", -1));
    }

    private static List<String> sqlOf(String json) throws IOException {
        List<String> texts = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME
                        && parser.currentName().equals("sql")
                        && parser.nextToken() == JsonToken.VALUE_STRING) {
                    texts.add(parser.getText());
                }
            }
        }
        return texts;
    }
}
