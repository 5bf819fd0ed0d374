package dev.postern.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reference document says what the registry of keys says, and the example configurations are
 * valid.
 */
class ConfigurationDocumentTest {

    private static final Path PROJECT = Path.of("..");
    private static final String HEADING = "### `";

    private static Map<String, String> sections() throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        String key = "";
        for (String line : Files.readAllLines(PROJECT.resolve("docs/configuration.md"))) {
            if (line.startsWith(HEADING)) {
                key = line.substring(HEADING.length(), line.length() - 1);
                assertThat(sections).as("keys that have a heading already").doesNotContainKey(key);
                sections.put(key, "");
            } else if (line.startsWith("#")) {
                key = "";
            } else {
                String heading = key;
                sections.computeIfPresent(heading, (same, text) -> text + line + "\n");
            }
        }
        return sections;
    }

    @Test
    void document_hasEveryKeyInTheRegistrysOrderAndNoOther() throws IOException {
        assertThat(sections().keySet())
                .containsExactlyElementsOf(Keys.ALL.stream().map(Key::path).toList());
    }

    static Stream<Key<?>> keys() {
        return Keys.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void document_saysOfEachKeyWhatTheRegistrySays(Key<?> key) throws IOException {
        String section = sections().getOrDefault(key.path(), "");

        assertThat(section.lines())
                .contains(
                        key.description(),
                        "- Value: " + key.type().form(),
                        "- Default: " + defaultOf(key));
    }

    private static String defaultOf(Key<?> key) {
        return switch (key.presence()) {
            case Key.Presence.Required required -> "none; the key is required";
            case Key.Presence.Default(String text) -> "`" + text + "`";
            case Key.Presence.Absent(String meaning) -> "none: " + meaning;
        };
    }

    @Test
    void document_namesEachKeyOfLaterVersions() throws IOException {
        String document = Files.readString(PROJECT.resolve("docs/configuration.md"));

        LaterKeys.MEANINGS.forEach((path, meaning) ->
                assertThat(document).contains("| `" + path + "` | " + meaning + " |"));
    }

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(PROJECT.resolve("deploy/examples"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void example_isValid(Path example) throws InvalidConfigurationException {
        assertThat(ConfigurationLoader.load(example).upstreams()).isNotEmpty();
    }

    @Test
    void examples_areThere() throws IOException {
        assertThat(examples()).hasSizeGreaterThanOrEqualTo(3);
    }
}
