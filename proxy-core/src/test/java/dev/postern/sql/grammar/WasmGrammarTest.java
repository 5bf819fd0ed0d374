package dev.postern.sql.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class WasmGrammarTest {

    private static final GrammarModule MODULE = GrammarModule.load();

    @AutoClose private final WasmGrammar grammar = MODULE.newGrammar();

    @Test
    void parse_select_givesTree() {
        assertThat(grammar.parse(utf8("SELECT 1")))
                .isInstanceOfSatisfying(
                        ParseOutcome.Tree.class,
                        tree ->
                                assertThat(new String(tree.json(), StandardCharsets.UTF_8))
                                        .startsWith("{\"version\":18")
                                        .contains("\"A_Const\":{\"ival\":{\"ival\":1}"));
    }

    private static byte[] utf8(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }
}
