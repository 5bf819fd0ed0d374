package dev.postern.sql.grammar;

import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a C program compiled by emscripten asks of its host: more memory, and {@code setjmp}/{@code
 * longjmp}. All else it could ask for (files, timers, exit) no parse needs, and asking ends the
 * parse.
 *
 * <p>{@code longjmp} is an exception. C code that calls something under a {@code setjmp} does so
 * through an import {@code invoke_…}, which puts the stack pointer back and reports the jump with
 * {@code setThrew}.
 */
final class EmscriptenHost {

    private static final String INVOKE = "invoke_";
    private static final long[] NOTHING = {};
    private static final long[] ZERO = {0};
    private static final long[] ONE = {1};
    private static final int STACK_POINTER = 0;

    private boolean memoryRefused;

    /** Returns the functions a module imports. */
    ImportValues imports(WasmModule module) {
        List<ImportFunction> functions = new ArrayList<>();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            FunctionImport each = (FunctionImport) module.importSection().getImport(i);
            FunctionType type = module.typeSection().getType(each.typeIndex());
            functions.add(
                    new HostFunction(
                            each.module(), each.name(), type, function(each.name(), type)));
        }
        return ImportValues.builder().withFunctions(functions).build();
    }

    /** Tells whether memory was asked for and refused since the host was made. */
    boolean memoryRefused() {
        return memoryRefused;
    }

    private WasmFunctionHandle function(String name, FunctionType type) {
        if (name.startsWith(INVOKE)) {
            return invoke(type.returns().isEmpty() ? NOTHING : ZERO);
        }
        return switch (name) {
            case "_emscripten_throw_longjmp" ->
                    (instance, arguments) -> {
                        throw new LongJump();
                    };
            case "emscripten_resize_heap" ->
                    (instance, arguments) -> resizeHeap(instance.memory(), arguments[0]);
            default ->
                    (instance, arguments) -> {
                        throw new ParserAbort(ParseOutcome.Resource.FAULT, name);
                    };
        };
    }

    private static WasmFunctionHandle invoke(long[] afterJump) {
        return (instance, arguments) -> {
            long stackPointer = instance.global(STACK_POINTER).getValue();
            try {
                int function = instance.table(0).requiredRef((int) arguments[0]);
                return instance.getMachine()
                        .call(function, Arrays.copyOfRange(arguments, 1, arguments.length));
            } catch (LongJump e) {
                instance.global(STACK_POINTER).setValue(stackPointer);
                instance.exports().function("setThrew").apply(1, 0);
                return afterJump;
            }
        };
    }

    /**
     * Grows by a quarter at least, as copying the memory costs as much as its size, but never past
     * the limit.
     */
    private long[] resizeHeap(Memory memory, long bytes) {
        long wanted = ((bytes & 0xffffffffL) + Memory.PAGE_SIZE - 1) / Memory.PAGE_SIZE;
        int pages = memory.pages();
        if (wanted > memory.maximumPages()) {
            memoryRefused = true;
            return ZERO;
        }
        long ample = Math.min(Math.max(wanted, pages + pages / 4), memory.maximumPages());
        memory.grow((int) ample - pages);
        return ONE;
    }
}
