package dev.postern.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collections of texts that must be refused and that must pass, and the database they speak of. A larger collection beside
 * the project is used where it is present.
 *
 * @param directory where the files are
 */
record Corpus(Path directory) {

    private static final Logger LOG = LoggerFactory.getLogger(Corpus.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One text. */
    record Case(String id, String category, String sql, int since, boolean needsCatalog) {}

    static Corpus find() {
        Path beside = Path.of(System.getProperty("postern.it.shared", "../../shared"), "corpus");
        if (Files.isDirectory(beside)) {
            return new Corpus(beside);
        }
        LOG.warn("no {}: the corpora are the project's own cases only", beside);
        return new Corpus(Path.of(System.getProperty("postern.it.corpus", "../proxy-core/src/test/resources/corpus")));
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Returns the single texts of a file that a server of this version knows. */
    List<Case> cases(String file, int majorVersion) throws IOException {
        List<Case> cases = new ArrayList<>();
        for (String line : Files.readAllLines(file(file))) {
            JsonNode node = JSON.readTree(line);
            Case one =
                    new Case(
                            node.path("id").asText(),
                            node.path("category").asText(),
                            node.path("sql").asText(),
                            node.path("pg_min_version").asInt(),
                            node.path("needs_catalog").asBoolean());
            if (node.has("sql") && one.since() <= majorVersion) {
                cases.add(one);
            }
        }
        return cases;
    }

    /** Returns the texts of {@code readers.txt}, with the characters that its names in angle brackets stand for. */
    List<String> readerTexts() throws IOException {
        List<String> texts = new ArrayList<>();
        for (String text : Files.readString(file("readers.txt")).split("\n%%\n", -1)) {
            texts.add(unescape(text.strip()));
        }
        return texts;
    }

    private static String unescape(String text) {
        return java.util.regex.Pattern.compile("<(LF|CR|TAB|U\\+([0-9A-F]{4,6}))>")
                .matcher(text)
                .replaceAll(
                        match ->
                                java.util.regex.Matcher.quoteReplacement(
                                        switch (match.group(1)) {
                                            case "LF" -> "\n";
                                            case "CR" -> "\r";
                                            case "TAB" -> "\t";
                                            default -> Character.toString(Integer.parseInt(match.group(2), 16));
                                        }));
    }
}
