package dev.postern.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlBodyTest {

    @Test
    void return_isSelect() {
        assertThat(SqlBody.statements("RETURN (x + 1)")).isEqualTo("SELECT (x + 1)");
        assertThat(SqlBody.statements("RETURN 'a;b'")).isEqualTo("SELECT 'a;b'");
    }

    @Test
    void block_isItsStatements() {
        assertThat(SqlBody.statements("BEGIN ATOMIC\n SELECT 1;\n  RETURN 2;\nEND"))
                .isEqualTo(" SELECT 1;\nSELECT 2;\n");
        assertThat(SqlBody.statements("BEGIN ATOMIC\nEND")).isEmpty();
    }

    @Test
    void semicolonsAndReturns_insideQuotes_areNone() {
        assertThat(
                        SqlBody.statements(
                                "BEGIN ATOMIC\n SELECT '; RETURN '' ; RETURN', E'\\'; RETURN''' AS \"; RETURN \"\"\";\n RETURN 1;\nEND"))
                .isEqualTo(
                        " SELECT '; RETURN '' ; RETURN', E'\\'; RETURN''' AS \"; RETURN \"\"\";\nSELECT 1;\n");
    }

    @Test
    void nameThatBeginsWithReturn_isNoReturn() {
        assertThat(SqlBody.statements("BEGIN ATOMIC\n RETURNING;\nEND")).isEqualTo(" RETURNING;\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SELECT 1",
                "RETURN 1; SELECT 2",
                "BEGIN ATOMIC\n SELECT 1\nEND",
                "BEGIN ATOMIC\n SELECT ';\nEND",
                "BEGIN ATOMIC SELECT 1; END",
                "BEGIN ATOMIC\n SELECT 1;"
            })
    void anotherForm_isUnreadable(String printed) {
        assertThat(SqlBody.statements(printed)).isEqualTo(PrintedTexts.UNREADABLE);
    }
}
