package dev.postern.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The collections of texts that must be refused and that must pass, and the database they speak of.
 * A larger collection beside the project is used where it is present.
 *
 * @param directory where the files are
 * @param isWhole whether it is that larger collection, with its database and the texts that parsers
 *     misread
 */
record Corpus(Path directory, boolean isWhole) {

    private static final Logger LOG = LoggerFactory.getLogger(Corpus.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int OLDEST_TRIED = 15;

    /**
     * One text.
     *
     * @param params text parameters, with which it can go by the extended protocol only
     * @param since the oldest server that knows it
     * @param knownGap whether this version need not refuse it: the catalog would have to decide, or
     *     it names nothing
     */
    record Case(
            String id,
            String category,
            String sql,
            List<String> params,
            int since,
            boolean knownGap) {}

    static Corpus find() {
        Path beside = Path.of(System.getProperty("postern.it.shared", "../../shared"), "corpus");
        if (Files.isDirectory(beside)) {
            return new Corpus(beside, true);
        }
        LOG.warn("no {}: the corpora are the project's own cases only", beside);
        return new Corpus(
                Path.of(
                        System.getProperty(
                                "postern.it.corpus",
                                "../proxy-core/src/test/resources/dev/postern/policy")),
                false);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /**
     * Returns the single texts of a file that a server of this version knows; older servers are
     * sent what the oldest knows on which the texts were tried.
     */
    List<Case> cases(String file, int majorVersion) throws IOException {
        List<Case> cases = new ArrayList<>();
        for (String line : Files.readAllLines(file(file))) {
            JsonNode node = JSON.readTree(line);
            List<String> params = new ArrayList<>();
            node.path("params").forEach(value -> params.add(value.asText()));
            Case one =
                    new Case(
                            node.path("id").asText(),
                            node.path("category").asText(),
                            node.path("sql").asText(),
                            List.copyOf(params),
                            node.path("pg_min_version").asInt(),
                            node.path("needs_catalog").asBoolean());
            if (node.has("sql") && one.since() <= Math.max(majorVersion, OLDEST_TRIED)) {
                cases.add(one);
            }
        }
        return cases;
    }

    /**
     * Returns the texts of {@code readers.txt}, with the characters that its names in angle
     * brackets stand for.
     */
    List<String> readerTexts() throws IOException {
        List<String> texts = new ArrayList<>();
        for (String text : Files.readString(file("readers.txt")).split("\n%%\n", -1)) {
            texts.add(unescape(text.strip()));
        }
        return texts;
    }

    private static String unescape(String text) {
        return Pattern.compile("<(LF|CR|TAB|U\\+([0-9A-F]{4,6}))>")
                .matcher(text)
                .replaceAll(match ->
                        Matcher.quoteReplacement(
                                switch (match.group(1)) {
                                    case "LF" -> "\n";
                                    case "CR" -> "\r";
                                    case "TAB" -> "\t";
                                    default ->
                                            Character.toString(
                                                    Integer.parseInt(match.group(2), 16));
                                }));
    }
}
