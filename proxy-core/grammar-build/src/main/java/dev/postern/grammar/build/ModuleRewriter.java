package dev.postern.grammar.build;

import java.util.Map;
import java.util.Set;

/** Rewrites a WebAssembly module section by section; what it does not name stays byte for byte. */
final class ModuleRewriter {

    private static final int HEADER_LENGTH = 8;
    private static final int IMPORT_SECTION = 2;
    private static final int EXPORT_SECTION = 7;
    private static final int CODE_SECTION = 10;
    private static final int FUNCTION_KIND = 0;

    /** No locals, {@code unreachable}, {@code end}: valid whatever the function's type. */
    private static final byte[] TRAP = {0, 0x00, 0x0b};

    private final byte[] wasm;

    ModuleRewriter(byte[] wasm) {
        this.wasm = wasm;
    }

    /**
     * Gives imports and exports their C names and keeps only the exports asked for.
     *
     * @throws IllegalArgumentException if the module and the names do not fit each other exactly
     */
    byte[] withNames(GlueNames names, Set<String> keptExports) {
        return rewrite(
                Map.of(
                        IMPORT_SECTION,
                        section -> imports(section, names.imports()),
                        EXPORT_SECTION,
                        section -> exports(section, names.exports(), keptExports)));
    }

    /**
     * Replaces functions by one instruction that traps.
     *
     * @param functions their indexes, imports counted
     * @param importCount how many indexes are imports
     */
    byte[] withTraps(Set<Integer> functions, int importCount) {
        return rewrite(Map.of(CODE_SECTION, section -> code(section, functions, importCount)));
    }

    private byte[] rewrite(Map<Integer, SectionEdit> edits) {
        WasmReader in = new WasmReader(wasm);
        WasmOutput out = new WasmOutput().bytes(in.bytes(HEADER_LENGTH));
        while (!in.atEnd()) {
            int id = in.octet();
            byte[] content = in.bytes(in.unsigned());
            SectionEdit edit = edits.get(id);
            byte[] edited = edit == null ? content : edit.apply(new WasmReader(content));
            out.octet(id).unsigned(edited.length).bytes(edited);
        }
        return out.toByteArray();
    }

    private static byte[] imports(WasmReader in, Map<String, String> names) {
        int count = in.unsigned();
        if (count != names.size()) {
            throw new IllegalArgumentException(count + " imports, but " + names.size() + " names");
        }
        WasmOutput out = new WasmOutput().unsigned(count);
        for (int i = 0; i < count; i++) {
            in.name();
            String name = known(names, in.name());
            int kind = in.octet();
            if (kind != FUNCTION_KIND) {
                throw new IllegalArgumentException(name + " is imported, but no function");
            }
            out.name("env").name(name).octet(kind).unsigned(in.unsigned());
        }
        return out.toByteArray();
    }

    private static byte[] exports(WasmReader in, Map<String, String> names, Set<String> kept) {
        int count = in.unsigned();
        if (count != names.size()) {
            throw new IllegalArgumentException(count + " exports, but " + names.size() + " names");
        }
        WasmOutput out = new WasmOutput();
        int written = 0;
        for (int i = 0; i < count; i++) {
            String name = known(names, in.name());
            int kind = in.octet();
            int index = in.unsigned();
            if (kept.contains(name)) {
                out.name(name).octet(kind).unsigned(index);
                written++;
            }
        }
        if (written != kept.size()) {
            throw new IllegalArgumentException(
                    "of the exports " + kept + " there are only " + written);
        }
        return new WasmOutput().unsigned(written).bytes(out.toByteArray()).toByteArray();
    }

    private static byte[] code(WasmReader in, Set<Integer> functions, int importCount) {
        int count = in.unsigned();
        WasmOutput out = new WasmOutput().unsigned(count);
        for (int i = 0; i < count; i++) {
            byte[] body = in.bytes(in.unsigned());
            byte[] edited = functions.contains(importCount + i) ? TRAP : body;
            out.unsigned(edited.length).bytes(edited);
        }
        return out.toByteArray();
    }

    private static String known(Map<String, String> names, String shortName) {
        String name = names.get(shortName);
        if (name == null) {
            throw new IllegalArgumentException("the glue file has no name for " + shortName);
        }
        return name;
    }

    private interface SectionEdit {
        byte[] apply(WasmReader section);
    }
}
