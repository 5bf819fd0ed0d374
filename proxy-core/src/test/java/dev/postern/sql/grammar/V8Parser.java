package dev.postern.sql.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.sql.grammar.ParseOutcome.SyntaxError;
import dev.postern.sql.grammar.ParseOutcome.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** The same WebAssembly module, unchanged, run by node. */
final class V8Parser {

    private static final Path SCRIPT = Path.of("src", "test", "grammar", "parse.cjs");
    private static final Path PACKAGE =
            Path.of("target", "grammar", "npm", "node_modules", "libpg-query");

    private V8Parser() {}

    /** Parses texts in their order in one process. */
    static List<ParseOutcome> parse(List<String> texts) throws IOException, InterruptedException {
        Path input = Files.createTempFile("texts", ".txt");
        Path output = Files.createTempFile("answers", ".txt");
        try {
            Base64.Encoder base64 = Base64.getEncoder();
            Files.writeString(
                    input,
                    texts.stream()
                            .map(text ->
                                    base64.encodeToString(text.getBytes(StandardCharsets.UTF_8))
                                            + "\n")
                            .collect(Collectors.joining()));
            Process node =
                    new ProcessBuilder(
                                    "node",
                                    "--stack-size=8000",
                                    SCRIPT.toString(),
                                    PACKAGE.toString())
                            .redirectInput(input.toFile())
                            .redirectOutput(output.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            assertThat(node.waitFor()).as("exit status of node").isZero();
            return Files.readAllLines(output).stream().map(V8Parser::outcome).toList();
        } finally {
            Files.delete(input);
            Files.delete(output);
        }
    }

    private static ParseOutcome outcome(String line) {
        String[] words = line.split(" ", -1);
        Base64.Decoder base64 = Base64.getDecoder();
        return words[0].equals("T")
                ? new Tree(base64.decode(words[1]))
                : new SyntaxError(
                        new String(base64.decode(words[2]), StandardCharsets.UTF_8),
                        Integer.parseInt(words[1]));
    }
}
