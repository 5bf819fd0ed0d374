package dev.postern.grammar.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GlueNamesTest {

    private static final String GLUE =
            "function initRuntime(){wasmExports[\"A\"]()}"
                    + "function assign(wasmExports){_malloc=Module[\"_malloc\"]=wasmExports[\"C\"];"
                    + "__emscripten_stack_restore=wasmExports[\"Q\"];memory=wasmMemory=wasmExports[\"z\"]}"
                    + "var wasmImports={c:___assert_fail,q:_emscripten_resize_heap,g:invoke_i};";

    @Test
    void read_glueFile_givesNamesOfImports() {
        assertThat(GlueNames.read(GLUE).imports())
                .containsOnly(
                        Map.entry("c", "__assert_fail"),
                        Map.entry("q", "emscripten_resize_heap"),
                        Map.entry("g", "invoke_i"));
    }

    @Test
    void read_glueFile_givesNamesOfExports() {
        assertThat(GlueNames.read(GLUE).exports())
                .containsOnly(
                        Map.entry("A", GlueNames.CONSTRUCTORS),
                        Map.entry("C", "malloc"),
                        Map.entry("Q", "_emscripten_stack_restore"),
                        Map.entry("z", "memory"));
    }

    @Test
    void read_fileWithoutImports_isRefused() {
        assertThatThrownBy(() -> GlueNames.read("var x = 1;"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("imports");
    }

    @Test
    void read_oneNameForTwo_isRefused() {
        assertThatThrownBy(() -> GlueNames.read("wasmImports={a:_x,a:_y}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("both x and y");
    }
}
