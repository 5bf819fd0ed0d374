package dev.postern.sql.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postern.sql.grammar.ParseOutcome.SyntaxError;
import dev.postern.sql.grammar.ParseOutcome.Tree;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WasmGrammarTest {

    private static final GrammarModule MODULE = GrammarModule.load();

    @AutoClose private final WasmGrammar grammar = MODULE.newGrammar();

    @Test
    void parse_select_givesTree() {
        assertThat(tree("SELECT 1"))
                .startsWith("{\"version\":18")
                .contains("\"SelectStmt\"", "\"A_Const\":{\"ival\":{\"ival\":1}");
    }

    @Test
    void parse_severalStatements_givesLocationAndLengthOfEach() {
        assertThat(tree("SELECT 1; DELETE FROM t;"))
                .contains("\"stmt_len\":8")
                .contains("\"DeleteStmt\"", "\"stmt_location\":10,\"stmt_len\":13");
    }

    @Test
    void parse_nothing_givesNoStatements() {
        assertThat(tree("")).endsWith("\"stmts\":[]}");
        assertThat(tree(" ; -- nothing")).endsWith("\"stmts\":[]}");
    }

    @Test
    void parse_textOutsideAscii_keepsItAsUtf8() {
        assertThat(tree("SELECT 'ß€😀' AS \"é\"")).contains("\"sval\":\"ß€😀\"", "\"name\":\"é\"");
    }

    @Test
    void parse_writeInsideCte_showsIt() {
        assertThat(tree("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d"))
                .contains("\"DeleteStmt\"");
    }

    @Test
    void parse_misspelledKeyword_givesPostgresWordsAndCursor() {
        assertThat(grammar.parse(utf8("SELECT 1; SELEC 2")))
                .isEqualTo(new SyntaxError("syntax error at or near \"SELEC\"", 11));
    }

    @Test
    void parse_errorAfterTextOutsideAscii_countsCharacters() {
        assertThat(grammar.parse(utf8("SELECT 'é' FROM FROM")))
                .isEqualTo(new SyntaxError("syntax error at or near \"FROM\"", 17));
    }

    @Test
    void parse_unterminatedString_givesCursorOfItsBeginning() {
        assertThat(grammar.parse(utf8("SELECT 'abc")))
                .isEqualTo(new SyntaxError("unterminated quoted string at or near \"'abc\"", 8));
    }

    @Test
    void parse_incompleteText_givesCursorBehindItsEnd() {
        assertThat(grammar.parse(utf8("SELECT 1 +")))
                .isEqualTo(new SyntaxError("syntax error at end of input", 11));
    }

    @Test
    void parse_afterSyntaxError_worksAgain() {
        grammar.parse(utf8("SELEC"));

        assertThat(tree("SELECT 1")).contains("\"SelectStmt\"");
    }

    @Test
    void parse_textWithNul_isRefused() {
        assertThatThrownBy(() -> grammar.parse(utf8("SELECT 1\0; DELETE FROM t")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void parse_bytesThatAreNoUtf8_neverGivesMoreThanTreeOrError() {
        byte[] invalid = {
            'S',
            'E',
            'L',
            'E',
            'C',
            'T',
            ' ',
            '\'',
            (byte) 0xc3,
            '\'',
            (byte) 0xff,
            ';',
            (byte) 0xe2
        };

        assertThat(grammar.parse(invalid)).isInstanceOfAny(Tree.class, SyntaxError.class);
        assertThat(tree("SELECT 1")).contains("\"SelectStmt\"");
    }

    @Test
    void parse_afterClose_isRefused() {
        grammar.close();

        assertThatThrownBy(() -> grammar.parse(utf8("SELECT 1")))
                .isInstanceOf(IllegalStateException.class);
    }

    private String tree(String sql) {
        ParseOutcome outcome = grammar.parse(utf8(sql));
        assertThat(outcome).isInstanceOf(Tree.class);
        return new String(((Tree) outcome).json(), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }
}
