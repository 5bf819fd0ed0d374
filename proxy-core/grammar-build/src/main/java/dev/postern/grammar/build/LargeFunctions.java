package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.WasmModule;
import java.util.Set;
import java.util.TreeSet;

/** Which functions are too large to be one JVM method that HotSpot compiles. */
final class LargeFunctions {

    /**
     * Functions with up to this many instructions become methods that HotSpot compiles; a build
     * checks that.
     */
    private static final int MOST_INSTRUCTIONS = 2_800;

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
