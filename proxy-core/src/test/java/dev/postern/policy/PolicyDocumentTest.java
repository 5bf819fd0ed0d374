package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyDocumentTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "policy.md");

    @ParameterizedTest
    @EnumSource(Rule.class)
    void everyRule_hasItsSection(Rule rule) throws IOException {
        assertThat(Files.readString(DOCUMENT)).contains("\n### `" + rule.code() + "`\n");
    }

    @Test
    void everySectionAboutAReason_isOfARuleThatExists() throws IOException {
        assertThat(Files.readString(DOCUMENT).lines().filter(line -> line.startsWith("### `")))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Rule.values()).map(rule -> "### `" + rule.code() + "`").toList());
    }

    @Test
    void everyListedSetting_hasItsLine() throws IOException {
        String document = Files.readString(DOCUMENT);
        for (String[] row : ReviewedTable.rows("settings.tsv", 4)) {
            assertThat(document).contains("| `" + row[0] + "` |").contains("| " + row[3] + " |");
        }
        for (String[] row : ReviewedTable.rows("secret-settings.tsv", 2)) {
            assertThat(document).contains("| `" + row[0] + "` | " + row[1] + " |");
        }
    }
}
