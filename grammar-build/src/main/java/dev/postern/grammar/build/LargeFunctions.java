package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.WasmModule;
import java.util.Set;
import java.util.TreeSet;

/** Which functions are too large for one JVM method that HotSpot would compile. */
final class LargeFunctions {

    /** More instructions than this make more than 8,000 bytes, beyond which HotSpot only interprets. */
    private static final int MOST_INSTRUCTIONS = 20000;

    private LargeFunctions() {}

    /** Returns their indexes, imports counted. */
    static Set<Integer> of(WasmModule module) {
        Set<Integer> large = new TreeSet<>();
        for (int i = 0; i < module.codeSection().functionBodyCount(); i++) {
            if (module.codeSection().getFunctionBody(i).instructions().size() > MOST_INSTRUCTIONS) {
                large.add(module.importSection().importCount() + i);
            }
        }
        return large;
    }
}
