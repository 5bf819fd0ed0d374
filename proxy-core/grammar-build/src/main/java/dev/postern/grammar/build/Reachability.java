package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.Element;
import com.dylibso.chicory.wasm.types.ExternalType;
import com.dylibso.chicory.wasm.types.Instruction;
import com.dylibso.chicory.wasm.types.OpCode;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/** Which functions of a module can be called at all, from its exports or through its tables. */
final class Reachability {

    private Reachability() {}

    /** Returns the indexes, imports counted, of the functions that can be called. */
    static BitSet of(WasmModule module) {
        int importCount = module.importSection().importCount();
        BitSet reached = new BitSet();
        Deque<Integer> pending = new ArrayDeque<>();
        for (int i = 0; i < module.exportSection().exportCount(); i++) {
            if (module.exportSection().getExport(i).exportType() == ExternalType.FUNCTION) {
                pending.add(module.exportSection().getExport(i).index());
            }
        }
        for (Element element : module.elementSection().elements()) {
            for (List<Instruction> initializer : element.initializers()) {
                for (Instruction instruction : initializer) {
                    if (instruction.opcode() == OpCode.REF_FUNC) {
                        pending.add((int) instruction.operand(0));
                    }
                }
            }
        }
        while (!pending.isEmpty()) {
            int function = pending.remove();
            if (reached.get(function)) {
                continue;
            }
            reached.set(function);
            if (function < importCount) {
                continue;
            }
            for (Instruction instruction :
                    module.codeSection().getFunctionBody(function - importCount).instructions()) {
                if (instruction.opcode() == OpCode.CALL) {
                    pending.add((int) instruction.operand(0));
                }
            }
        }
        return reached;
    }
}
