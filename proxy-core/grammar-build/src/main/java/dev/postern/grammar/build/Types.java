package dev.postern.grammar.build;

import com.dylibso.chicory.wasm.WasmModule;
import com.dylibso.chicory.wasm.types.FunctionImport;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.ValType;
import java.lang.classfile.TypeKind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** WebAssembly types as the JVM has them. */
final class Types {

    private Types() {}

    static TypeKind of(ValType type) {
        if (type.equals(ValType.I32)) {
            return TypeKind.INT;
        } else if (type.equals(ValType.I64)) {
            return TypeKind.LONG;
        } else if (type.equals(ValType.F32)) {
            return TypeKind.FLOAT;
        } else if (type.equals(ValType.F64)) {
            return TypeKind.DOUBLE;
        }
        throw new UnsupportedOperationException("type " + type);
    }

    /**
     * Returns the result of a block, loop or if.
     *
     * @param blockType the type as the instruction gives it
     */
    static Optional<TypeKind> ofConstruct(long blockType) {
        return switch ((int) blockType) {
            case 0x40 -> Optional.empty();
            case 0x7f -> Optional.of(TypeKind.INT);
            case 0x7e -> Optional.of(TypeKind.LONG);
            case 0x7c -> Optional.of(TypeKind.DOUBLE);
            default -> throw new UnsupportedOperationException("block type " + blockType);
        };
    }

    static List<TypeKind> of(List<ValType> types) {
        return types.stream().map(Types::of).toList();
    }

    /** Returns the type of a function, imports counted. */
    static FunctionType ofFunction(WasmModule module, int function) {
        int importCount = module.importSection().importCount();
        int type =
                function < importCount
                        ? ((FunctionImport) module.importSection().getImport(function)).typeIndex()
                        : module.functionSection().getFunctionType(function - importCount);
        return module.typeSection().getType(type);
    }

    /** Returns the types of a function's locals, its parameters first. */
    static List<TypeKind> ofLocals(WasmModule module, int function) {
        int importCount = module.importSection().importCount();
        return Stream.concat(
                        ofFunction(module, function).params().stream(),
                        module
                                .codeSection()
                                .getFunctionBody(function - importCount)
                                .localTypes()
                                .stream())
                .map(Types::of)
                .toList();
    }
}
