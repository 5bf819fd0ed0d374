package dev.postern.grammar.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class StackLayoutTest {

    private static final int LOW = 4096;
    private static final int PACKAGED_HIGH = LOW + StackLayout.PACKAGED_SIZE;
    private static final int SMALL = 1 << 20;

    @Test
    void shrink_moduleAsLinked_movesAllThreePlaces() {
        WasmModule module = Parser.parse(StackLayout.shrink(module(PACKAGED_HIGH), SMALL));

        assertThat(StackLayout.of(module, SMALL)).isEqualTo(new StackLayout(LOW, LOW + SMALL));
        assertThat(module.codeSection().getFunctionBody(0).instructions().get(0).operand(0))
                .isEqualTo(LOW + SMALL);
        ActiveDataSegment data = (ActiveDataSegment) module.dataSection().dataSegments()[0];
        assertThat(ByteBuffer.wrap(data.data()).order(ByteOrder.LITTLE_ENDIAN).getInt())
                .isEqualTo(LOW + SMALL);
    }

    @Test
    void shrink_heapBeginsElsewhere_isRefused() {
        byte[] wasm = module(PACKAGED_HIGH + 16);

        assertThatThrownBy(() -> StackLayout.shrink(wasm, SMALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the end of the stack is named by 2 constants and 0 words");
    }

    @Test
    void of_stackReachesIntoStaticData_isRefused() {
        WasmModule module = Parser.parse(module(PACKAGED_HIGH));

        assertThatThrownBy(() -> StackLayout.of(module, PACKAGED_HIGH - 1024))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("above the static data");
    }

    /**
     * A module with a stack pointer, a function that names its value, and the word that the heap
     * begins from.
     */
    private static byte[] module(int heap) {
        WasmOutput module = new WasmOutput().bytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
        section(module, 1, new WasmOutput().unsigned(1).octet(0x60).unsigned(0).unsigned(0));
        section(module, 3, new WasmOutput().unsigned(1).unsigned(0));
        section(module, 5, new WasmOutput().unsigned(1).octet(0).unsigned(1024));
        section(
                module,
                6,
                new WasmOutput()
                        .unsigned(1)
                        .octet(0x7f)
                        .octet(1)
                        .octet(0x41)
                        .signed(PACKAGED_HIGH)
                        .octet(0x0b));
        byte[] body =
                new WasmOutput()
                        .octet(0)
                        .octet(0x41)
                        .signed(PACKAGED_HIGH)
                        .octet(0x1a)
                        .octet(0x0b)
                        .toByteArray();
        section(module, 10, new WasmOutput().unsigned(1).unsigned(body.length).bytes(body));
        byte[] word = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(heap).array();
        section(
                module,
                11,
                new WasmOutput()
                        .unsigned(1)
                        .unsigned(0)
                        .octet(0x41)
                        .signed(1024)
                        .octet(0x0b)
                        .unsigned(word.length)
                        .bytes(word));
        return module.toByteArray();
    }

    private static void section(WasmOutput module, int id, WasmOutput content) {
        byte[] bytes = content.toByteArray();
        module.octet(id).unsigned(bytes.length).bytes(bytes);
    }
}
