package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.ActiveDataSegment;
import com.dylibso.chicory.wasm.types.DataSegment;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the C stack lies in a module's memory: above the static data, growing down from {@code
 * high}, where the heap begins.
 *
 * @param low first address above the static data
 * @param high the stack pointer's first value and the heap's first address
 */
record StackLayout(int low, int high) {

    /**
     * The size the package is linked with; all of it would have to exist before the heap begins.
     */
    static final int PACKAGED_SIZE = 32 << 20;

    private static final int STACK_POINTER = 0;

    /**
     * Returns the layout of a module in which the stack has a size.
     *
     * @throws IllegalArgumentException if the module's first global is no stack pointer above the
     *     static data
     */
    static StackLayout of(WasmModule module, int size) {
        int high = (int) stackPointer(module).operand(0);
        int low = high - size;
        for (DataSegment segment : module.dataSection().dataSegments()) {
            Instruction start = ((ActiveDataSegment) segment).offsetInstructions().get(0);
            if (start.operand(0) + segment.data().length > low) {
                throw new IllegalArgumentException(
                        "the stack is not " + size + " bytes above the static data");
            }
        }
        return new StackLayout(low, high);
    }

    /**
     * Makes the packaged stack smaller, and with it all memory below the heap.
     *
     * @return the module with nothing else changed, of the same length
     * @throws IllegalArgumentException if the places that name the end of the stack are not exactly
     *     those a linker writes: the stack pointer's first value, the constructors, and the word
     *     that sbrk starts from
     */
    static byte[] shrink(byte[] wasm, int size) {
        WasmModule module = Parser.parse(wasm);
        StackLayout packaged = of(module, PACKAGED_SIZE);
        int high = packaged.low + size;
        byte[] changed = wasm.clone();

        List<Instruction> constants = constants(module, packaged.high);
        constants.add(stackPointer(module));
        constants.forEach(constant -> overwriteConstant(changed, constant, high));

        int words = 0;
        for (DataSegment segment : module.dataSection().dataSegments()) {
            words += overwriteWords(changed, (ActiveDataSegment) segment, packaged.high, high);
        }
        if (constants.size() != 2 || words != 1) {
            throw new IllegalArgumentException(
                    "the end of the stack is named by %d constants and %d words"
                            .formatted(constants.size(), words));
        }
        return changed;
    }

    private static Instruction stackPointer(WasmModule module) {
        Instruction init =
                module.globalSection().getGlobal(STACK_POINTER).initInstructions().get(0);
        if (init.opcode() != OpCode.I32_CONST) {
            throw new IllegalArgumentException("the stack pointer does not begin with a constant");
        }
        return init;
    }

    private static List<Instruction> constants(WasmModule module, int value) {
        List<Instruction> found = new ArrayList<>();
        for (int i = 0; i < module.codeSection().functionBodyCount(); i++) {
            for (Instruction instruction : module.codeSection().getFunctionBody(i).instructions()) {
                if (instruction.opcode() == OpCode.I32_CONST
                        && (int) instruction.operand(0) == value) {
                    found.add(instruction);
                }
            }
        }
        return found;
    }

    /** Overwrites the operand of a constant with another, in as many bytes as there are. */
    private static void overwriteConstant(byte[] wasm, Instruction constant, int value) {
        int position = constant.address() + 1;
        int rest = value;
        while ((wasm[position] & 0x80) != 0) {
            wasm[position++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>= 7;
        }
        if (rest < -64 || rest > 63) {
            throw new IllegalArgumentException(
                    value + " needs more bytes than " + constant.operand(0));
        }
        wasm[position] = (byte) (rest & 0x7f);
    }

    private static int overwriteWords(byte[] wasm, ActiveDataSegment segment, int from, int to) {
        ByteBuffer words = ByteBuffer.wrap(wasm).order(ByteOrder.LITTLE_ENDIAN);
        int address = (int) segment.offsetInstructions().get(0).operand(0);
        int start = contentStart(wasm, segment);
        int found = 0;
        int aligned = -address & (Integer.BYTES - 1);
        for (int i = aligned; i + Integer.BYTES <= segment.data().length; i += Integer.BYTES) {
            if (words.getInt(start + i) == from) {
                words.putInt(start + i, to);
                found++;
            }
        }
        return found;
    }

    private static int contentStart(byte[] wasm, ActiveDataSegment segment) {
        WasmReader reader = new WasmReader(wasm);
        reader.bytes(segment.offsetInstructions().get(0).address() + 1);
        reader.signed();
        reader.octet();
        reader.unsigned();
        return reader.position();
    }
}
