package dev.postern.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlShapeTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    SELECT a FROM t WHERE id = 42 | SELECT a FROM t WHERE id = 43
                    SELECT a FROM t WHERE id = 4 | SELECT a FROM t WHERE id = 123456789012345
                    SELECT 1.5 | SELECT 22.75
                    SELECT 'a b', x | SELECT 'c@d.e', x
                    SELECT "Ab_1" FROM t LIMIT 1 | SELECT "Ab_1" FROM t LIMIT 10
                    SELECT a-1 | SELECT a-2
                    SELECT numeric(5,2) '1' | SELECT numeric(6,3) '2'
                    """)
    void textsThatDifferInConstants_haveOneShape(String first, String second) {
        assertThat(shape(first)).isNotNull().isEqualTo(shape(second));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    SELECT 1 | SELECT 1.5
                    SELECT 1 | SELECT '1'
                    SELECT a1 | SELECT a2
                    SELECT 1e5 | SELECT 1e6
                    SELECT 0x1F | SELECT 0x2F
                    SELECT 1_000 | SELECT 1_001
                    SELECT .5 | SELECT .6
                    SELECT 1.::int | SELECT 2.::int
                    SELECT x::float(24) | SELECT x::float(25)
                    SELECT x::FLOAT ( 24) | SELECT x::FLOAT ( 25)
                    SELECT 'a(b)' | SELECT 'c(d)'
                    SELECT 'é' | SELECT 'è'
                    SELECT "a" | SELECT "b"
                    SELECT  1 | SELECT 1
                    SELECT b | SELECT c
                    """)
    void textsThatDifferInMore_haveTwoShapes(String first, String second) {
        assertThat(shape(first)).isNotNull().isNotEqualTo(shape(second));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT '\\'", "SELECT $1", "SELECT $$a$$", "SELECT 1 -- c", "SELECT 1 /* c */",
                        "SELECT 'a--b'",
                "SELECT 'a/*b'", "SELECT E'a'", "SELECT U&'a'", "SELECT U& 'a' UESCAPE '!'",
                        "SELECT N'a'", "SELECT é'a'",
                "SELECT \"a b\"", "SELECT \"a\"\"b\"", "SELECT \"é\"", "SELECT ''",
                        "SELECT 'it''s'", "SELECT 'a'\"b\"",
                "SELECT \"a\"'b'", "SELECT 5'a'", "SELECT 'a", "SELECT \"a", "SELECT \u0001",
                        "SELECT 'a\u0001'",
                "SELECT uEscape", "SELECT &'a'", "SELECT U&\"a\"", "SELECT \u000b1"
            })
    void textThatIsNotPlain_hasNoShape(String text) {
        assertThat(shape(text)).isNull();
    }

    private static byte @org.jspecify.annotations.Nullable [] shape(String text) {
        SqlShape shape = new SqlShape();
        return shape.take(text.getBytes(StandardCharsets.UTF_8)) ? shape.copyOfBytes() : null;
    }
}
