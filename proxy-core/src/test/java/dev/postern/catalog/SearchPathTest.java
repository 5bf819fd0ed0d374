package dev.postern.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The search path as PostgreSQL reads it. */
class SearchPathTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    `"$user", public` | pg_catalog,me,public
                    `` | pg_catalog
                    `  A , b ` | pg_catalog,a,b
                    `"A"` | pg_catalog,A
                    `"a""b"` | pg_catalog,a"b
                    `"a,b",c` | pg_catalog,a,b,c
                    `pg_catalog, x` | pg_catalog,x
                    `x, pg_catalog` | x,pg_catalog
                    `ÄB` | pg_catalog,Äb
                    `""` | pg_catalog
                    """)
    void value_isReadAsAListOfNames(String value, String schemas) {
        SearchPath path = SearchPath.parse(value == null ? "" : value, "me");
        assertThat(path).isNotNull();
        assertThat(String.join(",", path == null ? List.of() : path.schemas())).isEqualTo(schemas);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a,", ",a", "\"a", "a,,b"})
    void valueThatIsNoList_isNone(String value) {
        assertThat(SearchPath.parse(value, "me")).isNull();
    }

    @Test
    void nameThatIsTooLong_isCutAsPostgresqlCutsIt() {
        String name = "ä".repeat(40);
        assertThat(SearchPath.of(List.of(name), "me").schemas())
                .containsExactly("pg_catalog", "ä".repeat(31));
    }

    @Test
    void everyCut_ofAValue_isReadOrRefused() {
        String value = "\"a\"\"b\" , public,\"$user\" ";
        for (int i = 0; i <= value.length(); i++) {
            SearchPath path = SearchPath.parse(value.substring(0, i), "me");
            assertThat(path == null || !path.schemas().isEmpty()).isTrue();
        }
    }
}
