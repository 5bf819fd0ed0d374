package dev.postern.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents point to is there: files, and headings in them. */
class DocumentLinksTest {

    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^ *```.*?^ *```\\s*?$");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

    static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        try (Stream<Path> top = Files.list(PROJECT);
                Stream<Path> docs = Files.walk(PROJECT.resolve("docs"));
                Stream<Path> deploy = Files.walk(PROJECT.resolve("deploy"))) {
            Stream.of(top, docs, deploy)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .map(PROJECT::relativize)
                    .sorted()
                    .forEach(documents::add);
        }
        return documents;
    }

    @Test
    void documents_areThere() throws IOException {
        assertThat(documents())
                .contains(Path.of("README.md"), Path.of("docs/the-way-of-a-query.md"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void relativeLinks_leadSomewhere(Path document) throws IOException {
        List<String> broken =
                links(PROJECT.resolve(document)).stream()
                        .filter(link -> !link.contains("://") && !link.startsWith("mailto:"))
                        .filter(link -> !resolves(PROJECT.resolve(document), link))
                        .toList();

        assertThat(broken).isEmpty();
    }

    private static List<String> links(Path document) throws IOException {
        String text = CODE_BLOCK.matcher(Files.readString(document)).replaceAll("");
        return LINK.matcher(text).results().map(link -> link.group(1)).toList();
    }

    private static boolean resolves(Path from, String link) {
        int hash = link.indexOf('#');
        String path = hash < 0 ? link : link.substring(0, hash);
        Path target = path.isEmpty() ? from : from.resolveSibling(path).normalize();
        return target.startsWith(PROJECT)
                && Files.exists(target)
                && (hash < 0 || headings(target).contains(link.substring(hash + 1)));
    }

    /**
     * Returns the names that a heading gets when the document is shown: lower case, hyphens, no
     * punctuation.
     */
    private static Set<String> headings(Path document) {
        try {
            String text = CODE_BLOCK.matcher(Files.readString(document)).replaceAll("");
            return HEADING.matcher(text)
                    .results()
                    .map(DocumentLinksTest::anchor)
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String anchor(MatchResult heading) {
        return heading.group(1)
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
    }
}
