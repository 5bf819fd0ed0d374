package dev.postern.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reviewed lists of extensions and functions are well-formed and fit together. */
class ExtensionListsTest {

    private static final Pattern FUNCTION = Pattern.compile("[a-z0-9_]+(/[0-9]+)?");
    private static final Set<String> REACHES =
            Set.of("type-by-oid", "type-by-name", "columns", "cast-to-json", "cast-to-text");

    @ParameterizedTest
    @CsvSource({
        "builtin-functions.tsv, 3, 1",
        "extensions.tsv, 3, 1",
        "extension-exceptions.tsv, 4, 2",
        "type-driven-functions.tsv, 3, 1",
    })
    void lists_areSortedByTheirKeys_eachOnce(String resource, int columns, int keyColumns) {
        List<String> keys = new ArrayList<>();
        for (String[] row : ReviewedTable.rows(resource, columns)) {
            assertThat(row).as(resource).noneMatch(String::isBlank);
            keys.add(String.join("\t", List.of(row).subList(0, keyColumns)));
        }
        assertThat(keys).isNotEmpty().isSorted().doesNotHaveDuplicates();
    }

    @Test
    void trust_isAKnownWord() {
        for (String[] row : ReviewedTable.rows("extensions.tsv", 3)) {
            assertThat(row[1]).as(row[0]).isIn("reads", "unsafe");
        }
    }

    @Test
    void exceptions_nameListedExtensionsAndKnownClasses() {
        Set<String> extensions = new HashSet<>();
        for (String[] row : ReviewedTable.rows("extensions.tsv", 3)) {
            extensions.add(row[0]);
        }
        for (String[] row : ReviewedTable.rows("extension-exceptions.tsv", 4)) {
            assertThat(extensions).contains(row[0]);
            assertThat(row[1]).matches(FUNCTION);
            assertThat(FunctionClass.valueOf(row[2].toUpperCase(Locale.ROOT)))
                    .as(row[1])
                    .isIn(FunctionClass.SAFE, FunctionClass.UNSAFE, FunctionClass.SENSITIVE);
        }
    }

    @Test
    void builtIns_haveAReasonThatIsNoVolatilityLabel() {
        for (String[] row : ReviewedTable.rows("builtin-functions.tsv", 3)) {
            assertThat(row[0]).matches(FUNCTION);
            assertThat(row[2]).as(row[0]).isNotIn("immutable", "stable", "volatile");
        }
    }

    @Test
    void typeDrivenFunctions_areSafeBuiltIns() {
        TreeMap<String, String> builtIns = new TreeMap<>();
        for (String[] row : ReviewedTable.rows("builtin-functions.tsv", 3)) {
            builtIns.put(row[0], row[1]);
        }
        for (String[] row : ReviewedTable.rows("type-driven-functions.tsv", 3)) {
            assertThat(builtIns).containsEntry(row[0], "safe");
            assertThat(row[1]).isIn(REACHES);
        }
    }
}
